using System.Text;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents.Content;

/// <summary>
/// The text that a document becomes, as Markdown, with marks where its pictures stood and a count of what was passed over.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="files">Reads files that stand within the document.</param>
/// <param name="takesPictures">False for a document within another one, whose pictures have no place of their own.</param>
internal sealed class DocumentText(ExtractOptions options, AttachedFiles? files = null, bool takesPictures = true)
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
    private readonly SortedDictionary<string, Passed> _missed = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Passed> _outside = new(StringComparer.Ordinal);
    private readonly List<ReadingNote> _remarks = [];
    private readonly List<TextAddress> _addresses = [];
    private readonly List<(string Name, DocumentContent Content)> _embedded = [];
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
            // Of a form's table, every cell may be empty.
            var head = _firstRows.First(row => most == 0 || row.Filled * 2 > most);
            _marks.Add(new(head.End, _text.Length, 0, Cut(head.Line.TrimEnd())));
        }

        _firstRows.Clear();
        Add("\n");
    }

    /// <summary>Adds a document that stands within this one, below a heading.</summary>
    /// <param name="heading">The heading.</param>
    /// <param name="name">The inner document's name.</param>
    /// <param name="content">What was read of it.</param>
    public void Insert(string heading, string name, DocumentContent content)
    {
        Heading(3, heading);
        Address(new(_text.Length, $"file '{name}'"));
        foreach (var mark in content.Marks.Take(MaxMarks - _marks.Count))
        {
            // A heading of the inner document stands below its name.
            _marks.Add(mark with
            {
                Start = _text.Length + mark.Start,
                End = _text.Length + mark.End,
                Level = mark.Level == 0 ? 0 : mark.Level + 3,
            });
        }

        Add(content.Text);
        Add("\n\n");
        foreach (var note in content.Notes)
            Remark(note with { Text = $"In '{name}': {note.Text}" });
    }

    /// <summary>The mark of a picture; empty when the picture is not taken.</summary>
    /// <param name="entry">Its name within the package.</param>
    /// <param name="mediaType">Its media type as the document says.</param>
    public string Picture(string entry, string mediaType)
    {
        if (!takesPictures
            || _pictures.Count == options.MaxEmbeddedPictures
            || !PictureTypes.Contains(mediaType, StringComparer.OrdinalIgnoreCase))
        {
            _unreadPictures++;
            return "";
        }

        _pictures.Add(entry);
        return DocumentContent.PictureMark(_pictures.Count);
    }

    /// <summary>Counts something that is in the file and is not read: a gap.</summary>
    /// <param name="what">What it is, in the plural, such as "embedded documents".</param>
    /// <param name="name">Its name, where it has one.</param>
    public void Missed(string what, string? name = null) => Count(_missed, what, name);

    /// <summary>Reads a file that is embedded, to stand behind the text, or counts it when it is none that is read.</summary>
    /// <param name="what">What it is, in the plural.</param>
    /// <param name="shown">Its name for the count; null for its own.</param>
    /// <param name="file">The file.</param>
    public void Embed(string what, string? shown, AttachedFile file)
    {
        if (files?.Read(file) is { } content)
            _embedded.Add((AttachedFiles.NameOf(file), content));
        else
            Missed(what, shown ?? file.Name);
    }

    /// <summary>Counts something that the document only points at and that is not in its file: no gap.</summary>
    /// <param name="what">What it is, in the plural, such as "pictures that are linked and not embedded".</param>
    public void Outside(string what) => Count(_outside, what, name: null);

    /// <summary>Says something of the whole document, once.</summary>
    public void Remark(string sentence) => Remark(ReadingNote.Information(sentence));

    /// <inheritdoc cref="Remark(string)"/>
    public void Remark(ReadingNote note)
    {
        if (!_remarks.Contains(note))
            _remarks.Add(note);
    }

    /// <summary>What was read.</summary>
    public DocumentContent ToContent()
    {
        foreach (var (name, content) in _embedded)
            Insert($"Embedded: {name}", name, content);
        _embedded.Clear();
        var notes = new List<ReadingNote>();
        if (_isFull)
        {
            notes.Add(ReadingNote.Gap(
                FormattableString.Invariant($"Only the first {options.MaxTextLength} characters of the document were read.")));
        }

        notes.AddRange(_remarks);
        if (_unreadPictures > 0)
        {
            notes.Add(ReadingNote.Gap(
                FormattableString.Invariant(
                    $"{_unreadPictures} pictures of the document were not read (drawings, or beyond the number allowed).")));
        }

        if (_missed.Count > 0)
            notes.Add(ReadingNote.Gap(NotRead(_missed)));
        if (_outside.Count > 0)
            notes.Add(ReadingNote.Information(NotRead(_outside)));

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
            Notes = notes,
        };
    }

    private static void Count(SortedDictionary<string, Passed> passed, string what, string? name)
    {
        if (!passed.TryGetValue(what, out var found))
            passed[what] = found = new();
        found.Count++;
        if (!string.IsNullOrWhiteSpace(name) && found.Names.Count < MaxNames)
            found.Names.Add(name.Length > 80 ? name[..80] + "…" : name);
    }

    private void Address(TextAddress address)
    {
        if (_addresses.Count < MaxAddresses && (_addresses.Count == 0 || address.Row is not null || _addresses[^1].Name != address.Name))
            _addresses.Add(address);
    }

    private static string NotRead(SortedDictionary<string, Passed> passed) =>
        $"Not read: {string.Join("; ", passed.Select(each => Words(each.Key, each.Value)))}.";

    private static string Words(string what, Passed passed) => passed.Names.Count == 0
        ? FormattableString.Invariant($"{passed.Count} {what}")
        : FormattableString.Invariant(
            $"{passed.Count} {what} ({string.Join(", ", passed.Names)}{(passed.Names.Count < passed.Count ? ", …" : "")})");

    private void Add(string text)
    {
        var room = options.MaxTextLength - _text.Length;
        _isFull |= text.Length > room;
        _text.Append(text.AsSpan(0, Math.Min(text.Length, room)));
    }

    private static string Cut(string text) => text.Length <= MaxMarkCharacters ? text : text[..MaxMarkCharacters] + "…";

    private static string Cell(string text) => text.Trim().ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private sealed class Passed
    {
        public int Count { get; set; }

        public List<string> Names { get; } = [];
    }
}
