namespace Qwen35Batch.Pipeline.Agents;

/// <summary>A report as the model wrote it.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Sections">Its sections, in order.</param>
internal sealed record ReportDraft(string Title, IReadOnlyList<DraftSection> Sections)
{
    /// <summary>Paragraphs that were left out, since no note carried them.</summary>
    public int Dropped { get; init; }

    public bool IsEmpty => Sections.All(section => section.Paragraphs.Count == 0);
}

/// <summary>A section of it.</summary>
/// <param name="Heading">Its heading.</param>
/// <param name="Paragraphs">Its paragraphs, in order.</param>
internal sealed record DraftSection(string Heading, IReadOnlyList<DraftParagraph> Paragraphs);

/// <summary>A paragraph of it.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Notes">The ids of the notes that carry it.</param>
internal sealed record DraftParagraph(string Text, IReadOnlyList<string> Notes);
