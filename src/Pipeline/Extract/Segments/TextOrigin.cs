namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>Where a part of a text stands within its document.</summary>
/// <param name="Line">The line of the file at which the part begins, from 1; null when the text is not the file's own.</param>
/// <param name="Column">The character of that line at which it begins, from 0.</param>
/// <param name="Addresses">
/// What the places of an office document are called, in order; <c>Start</c> counts from the part's own start.
/// </param>
internal sealed record TextOrigin(int? Line, int Column, IReadOnlyList<TextAddress> Addresses);

/// <summary>What a place of a document is called, up to the next one.</summary>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="Name">
/// Such as <c>paragraph 12</c> or <c>slide 3</c>; for a row of a sheet its name, quoted, and an exclamation mark.
/// </param>
/// <param name="Row">The number of a row of cells, from 1; null for what has no cells.</param>
internal sealed record TextAddress(int Start, string Name, int? Row = null)
{
    /// <summary>What ends the name of a sheet.</summary>
    public const char SheetEnd = '!';
}
