namespace Qwen35Batch.Pipeline.Agents.Reports;

/// <summary>A paragraph of a report.</summary>
/// <param name="Text">Its text, without numbers of sources: those are added.</param>
/// <param name="NoteIds">The <see cref="ReportNote.Id"/>s of the notes that carry it.</param>
public sealed record ReportParagraph(string Text, IReadOnlyList<string> NoteIds);
