using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>The text that an office document becomes, as Markdown, with marks where its pictures stood.</summary>
internal sealed class OfficeText(ExtractOptions options)
{
    private readonly StringBuilder _text = new();
    private readonly List<string> _pictures = [];
    private bool _isFull;
    private int _unreadPictures;
    private bool _hasMoreRows;

    /// <summary>False when nothing more is taken.</summary>
    public bool HasRoom => !_isFull;

    /// <summary>Adds a paragraph.</summary>
    public void Paragraph(string text)
    {
        if (text.Length == 0)
            return;
        Add(text);
        Add("\n\n");
    }

    /// <summary>Adds a heading.</summary>
    /// <param name="level">From 1 to 6.</param>
    /// <param name="text">Its text.</param>
    public void Heading(int level, string text)
    {
        if (text.Length > 0)
            Paragraph($"{new string('#', Math.Clamp(level, 1, 6))} {text}");
    }

    /// <summary>Adds a row of a table; the first one becomes its head.</summary>
    public void Row(IReadOnlyList<string> cells, bool isFirst)
    {
        Add("| " + string.Join(" | ", cells.Select(Cell)) + " |\n");
        if (isFirst)
            Add("|" + string.Concat(Enumerable.Repeat(" --- |", cells.Count)) + "\n");
    }

    /// <summary>Ends a table.</summary>
    public void EndTable() => Add("\n");

    /// <summary>
    /// The relationship of a picture that an element shows, or null. By name and not by type: within elements of newer or other
    /// makers, the reader gives untyped elements.
    /// </summary>
    public static string? PictureOf(OpenXmlElement element)
    {
        var attribute = element.LocalName switch
        {
            "blip" => "embed",
            "imagedata" => "id",
            _ => null,
        };
        return attribute is null ? null : element.GetAttributes().FirstOrDefault(each => each.LocalName == attribute).Value;
    }

    /// <summary>The mark of a picture; empty when the picture is not taken.</summary>
    public string Picture(OpenXmlPart owner, string? relationship)
    {
        // An external picture has a relationship, but no part: it is never followed.
        if (relationship is null || !owner.TryGetPartById(relationship, out var part) || part is not ImagePart image)
            return "";
        if (_pictures.Count == options.MaxEmbeddedPictures
            || image.ContentType is not ("image/png" or "image/jpeg" or "image/jpg" or "image/gif" or "image/tiff" or "image/webp" or "image/avif"))
        {
            _unreadPictures++;
            return "";
        }

        _pictures.Add(image.Uri.OriginalString.TrimStart('/'));
        return DocumentContent.PictureMark(_pictures.Count);
    }

    /// <summary>Remembers that a sheet has rows or columns beyond those read.</summary>
    public void CutSheet() => _hasMoreRows = true;

    /// <summary>What was read.</summary>
    public DocumentContent ToContent()
    {
        var notes = new List<string>();
        if (_isFull)
            notes.Add(FormattableString.Invariant($"Only the first {options.MaxTextLength} characters of the document were read."));
        if (_hasMoreRows)
            notes.Add(FormattableString.Invariant($"Of each sheet, only the first {options.MaxSheetRows} rows and {options.MaxSheetColumns} columns were read."));
        if (_unreadPictures > 0)
            notes.Add(FormattableString.Invariant($"{_unreadPictures} pictures of the document were not read (drawings, or beyond the number allowed)."));
        return new(_text.ToString().Trim(), _pictures, notes.Count == 0 ? null : string.Join(' ', notes));
    }

    private void Add(string text)
    {
        var room = options.MaxTextLength - _text.Length;
        _isFull |= text.Length > room;
        _text.Append(text.AsSpan(0, Math.Min(text.Length, room)));
    }

    private static string Cell(string text) => text.Trim().ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}
