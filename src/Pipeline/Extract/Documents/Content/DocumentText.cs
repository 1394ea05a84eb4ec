using System.Text;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents.Content;

/// <summary>
/// The text that a document becomes, as Markdown, with marks where its pictures stood and a count of what was passed over.
/// </summary>
internal sealed class DocumentText(ExtractOptions options)
{
    // A table's head is looked for in so many of its first rows: a title often stands above it.
    private const int HeadRows = 10;
    private const int MaxMarks = 50_000;
    private const int MaxAddresses = 100_000;
    private const int MaxMarkCharacters = 1_500;
    private const int MaxNames = 3;

    private static readonly string[] PictureTypes =
        ["image/png", "image/jpeg", "image/jpg", "image/gif", "image/tiff", "image/webp", "image/avif"];

    private readonly StringBuilder _text = new();
    private readonly List<string> _pictures = [];
    private readonly List<DocumentMark> _marks = [];
    private readonly List<(int End, int Filled, string Line)> _firstRows = [];
    private readonly SortedDictionary<string, (int Count, List<string> Names)> _missed = new(StringComparer.Ordinal);
    private readonly List<string> _remarks = [];
    private readonly List<TextAddress> _addresses = [];
    private string? _place;
    private int _paragraphs;
    private int _tables;
    private int _rows;
    private bool _isFull;
    private int _unreadPictures;

    /// <summary>False when nothing more is taken.</summary>
    public bool HasRoom => !_isFull;

    /// <summary>Names what all that follows stands on, such as a slide; null where paragraphs are counted.</summary>
    public void Place(string? name) => _place = name;

    /// <summary>Adds a paragraph.</summary>
    public void Paragraph(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return;
        _paragraphs++;
        Address(new(_text.Length, _place ?? FormattableString.Invariant($"paragraph {_paragraphs}")));
        Add(text);
        Add("\n\n");
    }

    /// <summary>Adds a heading.</summary>
    /// <param name="level">From 1 to 6.</param>
    /// <param name="text">Its text.</param>
    public void Heading(int level, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return;
        level = Math.Clamp(level, 1, 6);
        if (_marks.Count < MaxMarks)
            _marks.Add(new(_text.Length, _text.Length, level, Cut(text)));
        Paragraph($"{new string('#', level)} {text}");
    }

    /// <summary>Adds a row of a table; the first one becomes its head.</summary>
    /// <param name="cells">Its cells, from the first column.</param>
    /// <param name="isFirst">Whether it is the table's first.</param>
    /// <param name="sheet">The name of the sheet that it belongs to; null for a table of a text.</param>
    /// <param name="number">Its number on the sheet, from 1; null to count.</param>
    public void Row(IReadOnlyList<string> cells, bool isFirst, string? sheet = null, int? number = null)
    {
        if (isFirst)
        {
            _firstRows.Clear();
            _tables++;
            _rows = 0;
        }

        _rows++;
        var name = sheet is not null
            ? $"'{sheet.Replace("'", "''", StringComparison.Ordinal)}'{TextAddress.SheetEnd}"
            : _place is null ? FormattableString.Invariant($"table {_tables}") : FormattableString.Invariant($"{_place}, table {_tables}");
        Address(new(_text.Length, name, number ?? _rows));
        var line = "| " + string.Join(" | ", cells.Select(Cell)) + " |\n";
        Add(line);
        if (isFirst)
            Add("|" + string.Concat(Enumerable.Repeat(" --- |", cells.Count)) + "\n");
        if (_firstRows.Count < HeadRows)
            _firstRows.Add((_text.Length, cells.Count(cell => !string.IsNullOrWhiteSpace(cell)), line));
    }

    /// <summary>Ends a table.</summary>
    public void EndTable()
    {
        if (_firstRows.Count > 1 && _marks.Count < MaxMarks)
        {
            var most = _firstRows.Max(row => row.Filled);
            var head = _firstRows.First(row => row.Filled * 2 > most);
            _marks.Add(new(head.End, _text.Length, 0, Cut(head.Line.TrimEnd())));
        }

        _firstRows.Clear();
        Add("\n");
    }

    /// <summary>The mark of a picture; empty when the picture is not taken.</summary>
    /// <param name="entry">Its name within the package.</param>
    /// <param name="mediaType">Its media type as the document says.</param>
    public string Picture(string entry, string mediaType)
    {
        if (_pictures.Count == options.MaxEmbeddedPictures || !PictureTypes.Contains(mediaType, StringComparer.OrdinalIgnoreCase))
        {
            _unreadPictures++;
            return "";
        }

        _pictures.Add(entry);
        return DocumentContent.PictureMark(_pictures.Count);
    }

    /// <summary>Counts something that stands in the document and is not read.</summary>
    /// <param name="what">What it is, in the plural, such as "embedded documents".</param>
    /// <param name="name">Its name, where it has one.</param>
    public void Missed(string what, string? name = null)
    {
        var (count, names) = _missed.TryGetValue(what, out var missed) ? missed : (0, []);
        if (!string.IsNullOrWhiteSpace(name) && names.Count < MaxNames)
            names.Add(name.Length > 80 ? name[..80] + "…" : name);
        _missed[what] = (count + 1, names);
    }

    /// <summary>Says something of the whole document, once.</summary>
    public void Remark(string sentence)
    {
        if (!_remarks.Contains(sentence, StringComparer.Ordinal))
            _remarks.Add(sentence);
    }

    /// <summary>What was read.</summary>
    public DocumentContent ToContent()
    {
        var notes = new List<string>();
        if (_isFull)
            notes.Add(FormattableString.Invariant($"Only the first {options.MaxTextLength} characters of the document were read."));
        notes.AddRange(_remarks);
        if (_unreadPictures > 0)
        {
            notes.Add(
                FormattableString.Invariant(
                    $"{_unreadPictures} pictures of the document were not read (drawings, or beyond the number allowed)."));
        }

        if (_missed.Count > 0)
        {
            notes.Add(
                $"Not read: {string.Join("; ", _missed.Select(missed => Missing(missed.Key, missed.Value.Count, missed.Value.Names)))}.");
        }

        var text = _text.ToString();
        var start = text.Length - text.TrimStart().Length;
        text = text.Trim();
        return new()
        {
            Text = text,
            Pictures = _pictures,
            Marks = [.. _marks
                .Select(
                    mark =>
                        mark with
                        {
                            Start = Math.Clamp(mark.Start - start, 0, text.Length),
                            End = Math.Clamp(mark.End - start, 0, text.Length)
                        })
                .OrderBy(mark => mark.Start)],
            Addresses = [.. _addresses.Select(address => address with { Start = Math.Clamp(address.Start - start, 0, text.Length) })],
            Note = notes.Count == 0 ? null : string.Join(' ', notes),
        };
    }

    /// <summary>True when there is nothing but what was passed over.</summary>
    public bool HasMissed => _missed.Count > 0 || _unreadPictures > 0;

    private void Address(TextAddress address)
    {
        if (_addresses.Count < MaxAddresses && (_addresses.Count == 0 || address.Row is not null || _addresses[^1].Name != address.Name))
            _addresses.Add(address);
    }

    private static string Missing(string what, int count, List<string> names) =>
        names.Count == 0
            ? FormattableString.Invariant($"{count} {what}")
            : FormattableString.Invariant($"{count} {what} ({string.Join(", ", names)}{(names.Count < count ? ", …" : "")})");

    private void Add(string text)
    {
        var room = options.MaxTextLength - _text.Length;
        _isFull |= text.Length > room;
        _text.Append(text.AsSpan(0, Math.Min(text.Length, room)));
    }

    private static string Cut(string text) => text.Length <= MaxMarkCharacters ? text : text[..MaxMarkCharacters] + "…";

    private static string Cell(string text) => text.Trim().ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
