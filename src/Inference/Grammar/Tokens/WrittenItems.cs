namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// What has been written of an answer, and the items of the arrays that are open in it: where items have to differ, it tells which may
/// not follow. One instance an answer.
/// </summary>
internal sealed class WrittenItems
{
    private byte[] _text = new byte[256];
    private int _length;
    private bool _isText;
    private bool _isEscaped;
    private List<Level> _levels = [];

    /// <summary>Whether a backslash was the last byte of a text.</summary>
    public bool IsEscaped => _isEscaped;

    /// <summary>Where the writing stands, to come back to it.</summary>
    public Place Save() => new(_length, _isText, _isEscaped, [.. _levels]);

    /// <summary>Goes back to an earlier place.</summary>
    public void Restore(Place place) =>
        (_length, _isText, _isEscaped, _levels) = (place.Length, place.IsText, place.IsEscaped, [.. place.Levels]);

    /// <summary>The depth of the array that gets an item again which it has when a byte follows; else 0.</summary>
    public int RepeatedAt(byte next)
    {
        if (_isText || next is not ((byte)',' or (byte)']') || _levels.Count == 0 || !_levels[^1].IsArray)
            return 0;
        var level = _levels[^1];
        var item = _text.AsSpan(level.Start, _length - level.Start);
        for (var earlier = level.Items; earlier is not null; earlier = earlier.Before)
        {
            if (item.SequenceEqual(TextOf(earlier)))
                return _levels.Count;
        }

        return 0;
    }

    /// <summary>Goes on after a byte.</summary>
    public void Append(byte next)
    {
        var level = _levels.Count > 0 ? _levels[^1] : default;
        if (_isText)
        {
            _isText = _isEscaped || next != '"';
            _isEscaped = !_isEscaped && next == '\\';
        }
        else if (next == '"')
        {
            _isText = true;
        }
        else if (next is (byte)'[' or (byte)'{')
        {
            _levels.Add(new Level(next == '[', _length + 1, null));
        }
        else if (next is (byte)']' or (byte)'}')
        {
            _levels.RemoveAt(_levels.Count - 1);
        }
        else if (next == ',' && level.IsArray)
        {
            _levels[^1] = new Level(true, _length + 1, new Item(level.Start, _length - level.Start, level.Items));
        }

        if (_length == _text.Length)
            Array.Resize(ref _text, 2 * _length);
        _text[_length++] = next;
    }

    /// <summary>What is left of the earlier items of an array that begin as what is written of the present one.</summary>
    /// <param name="depth">The array's.</param>
    public List<ReadOnlyMemory<byte>> Alike(int depth)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        if (depth == 0 || _levels.Count < depth)
            return found;
        var level = _levels[depth - 1];
        var item = _text.AsSpan(level.Start, _length - level.Start);
        for (var earlier = level.Items; earlier is not null; earlier = earlier.Before)
        {
            if (TextOf(earlier).StartsWith(item))
                found.Add(_text.AsMemory(earlier.Start + item.Length, earlier.Length - item.Length));
        }

        return found;
    }

    private ReadOnlySpan<byte> TextOf(Item item) => _text.AsSpan(item.Start, item.Length);

    /// <summary>How far an answer is written.</summary>
    internal readonly record struct Place(int Length, bool IsText, bool IsEscaped, Level[] Levels);

    /// <summary>An open object or array.</summary>
    /// <param name="IsArray">Whether it is an array.</param>
    /// <param name="Start">Where its present item begins.</param>
    /// <param name="Items">The last of its finished items.</param>
    internal readonly record struct Level(bool IsArray, int Start, Item? Items);

    /// <summary>A finished item, and the one before it.</summary>
    internal sealed record Item(int Start, int Length, Item? Before);
}
