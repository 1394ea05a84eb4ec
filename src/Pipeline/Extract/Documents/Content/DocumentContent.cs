using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents.Content;

/// <summary>A text or an office document as text, with places of pictures in it.</summary>
internal sealed record DocumentContent
{
    /// <summary>The text; <see cref="PictureMark"/> stands where a picture was.</summary>
    public required string Text { get; init; }

    /// <summary>The pictures' names within the package, by their number from 1.</summary>
    public IReadOnlyList<string> Pictures { get; init; } = [];

    /// <summary>Headings and tables, by their place in the text.</summary>
    public IReadOnlyList<DocumentMark> Marks { get; init; } = [];

    /// <summary>What the places of the text are called in the document, in order; empty for a plain text.</summary>
    public IReadOnlyList<TextAddress> Addresses { get; init; } = [];

    /// <summary>For a plain text, the place of the file at which the text begins; null when it is not the file's own text.</summary>
    public TextStart? Start { get; init; }

    /// <summary>What a reader must know, such as what was left out; null when nothing.</summary>
    public string? Note { get; init; }

    /// <summary>What stands in the text where a picture was.</summary>
    /// <param name="number">The picture's number, from 1.</param>
    public static string PictureMark(int number) => FormattableString.Invariant($"[picture {number}]");
}

/// <summary>A place in the text that later parts must know of.</summary>
/// <param name="Start">Where it begins: for a table, behind its head.</param>
/// <param name="End">Where a table ends; for a heading the same as <paramref name="Start"/>.</param>
/// <param name="Level">The heading's level from 1; 0 for a table.</param>
/// <param name="Text">The heading, or the table's head.</param>
internal sealed record DocumentMark(int Start, int End, int Level, string Text);

/// <summary>Where a text begins in its file.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The character of the line, from 0.</param>
internal sealed record TextStart(int Line, int Column);
