using System.Text;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>Reads the rows of a CSV file: RFC 4180, with commas or semicolons or tabs, whichever the first line has most of.</summary>
internal sealed class CsvReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _text;
    private readonly char _separator;
    private int _at;
    private int _line = 1;

    /// <exception cref="VocabularyException">It is not UTF-8.</exception>
    public CsvReader(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("\uFEFF"u8)) content = content[3..];
        try
        {
            _text = Strict.GetString(content);
        }
        catch (DecoderFallbackException broken)
        {
            var line = 1 + content[..Math.Clamp(broken.Index, 0, content.Length)].Count((byte)'\n');
            throw new VocabularyException($"line {line}: it is not UTF-8: save the file as UTF-8.", $"line {line}");
        }

        var first = _text.AsSpan(0, _text.AsSpan().IndexOfAny('\r', '\n') is var end && end >= 0 ? end : _text.Length);
        _separator = ',';
        foreach (var other in (ReadOnlySpan<char>)[';', '\t'])
            if (first.Count(other) > first.Count(_separator)) _separator = other;
    }

    /// <summary>The next row that is not empty, with the line where it begins; null at the end.</summary>
    /// <exception cref="VocabularyException">A quote is not closed.</exception>
    public (int Line, IReadOnlyList<string> Fields)? Read()
    {
        while (_at < _text.Length)
        {
            var line = _line;
            var fields = new List<string>();
            do fields.Add(Field());
            while (_at < _text.Length && Take(_separator));
            Take('\r');
            if (Take('\n')) _line++;
            if (fields.Count > 1 || fields[0].Length > 0) return (line, fields);
        }

        return null;
    }

    private string Field()
    {
        if (!Take('"'))
        {
            var length = _text.AsSpan(_at).IndexOfAny(_separator, '\r', '\n') is var end && end >= 0 ? end : _text.Length - _at;
            _at += length;
            return _text.Substring(_at - length, length).Trim();
        }

        var (begin, field) = (_line, new StringBuilder());
        while (true)
        {
            var quote = _text.IndexOf('"', _at);
            if (quote < 0)
                throw new VocabularyException($"line {begin}: a quote is opened and not closed: double the quotes within a field.");
            field.Append(_text, _at, quote - _at);
            _line += _text.AsSpan(_at, quote - _at).Count('\n');
            _at = quote + 1;
            if (!Take('"')) break;
            field.Append('"');
        }

        if (_at < _text.Length && _text[_at] != _separator && _text[_at] is not ('\r' or '\n'))
            throw new VocabularyException($"line {_line}: text stands behind a closing quote: double the quotes within a field.");
        return field.ToString().Trim();
    }

    private bool Take(char next)
    {
        if (_at >= _text.Length || _text[_at] != next) return false;
        _at++;
        return true;
    }
}
