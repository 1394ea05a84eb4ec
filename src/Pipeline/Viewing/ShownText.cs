namespace Qwen35Batch.Pipeline.Viewing;

/// <summary>A part of a text or office document, as the model got it.</summary>
/// <param name="Text">The text, with line feeds.</param>
/// <param name="Line">The line of the file at which it begins, from 1; null when the text is not the file's own.</param>
/// <param name="Column">The character of that line at which it begins, from 0.</param>
/// <param name="Places">What the places of an office document are called, in order.</param>
public sealed record ShownText(string Text, int? Line, int Column, IReadOnlyList<ShownPlace> Places);

/// <summary>What a place of a document is called, up to the next one.</summary>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="Name">Such as <c>paragraph 12</c>; for a row of a sheet its name, quoted, and an exclamation mark.</param>
/// <param name="Row">The number of a row of cells, from 1, which stand between bars; null for what has no cells.</param>
public sealed record ShownPlace(int Start, string Name, int? Row);
