namespace Qwen35Batch.Contracts.Stages;

/// <summary>What a reader of an insight must know of how its media was read.</summary>
/// <param name="Text">One sentence or more.</param>
/// <param name="IsGap">
/// True when content of the file was not read, so that no insight knows of it: the job then ends with gaps. False for what is merely to be
/// known, such as a form in which something was read, or something passed over that says nothing of its own or is not in the file.
/// </param>
public sealed record ReadingNote(string Text, bool IsGap)
{
    /// <summary>Content of the file is missing.</summary>
    public static ReadingNote Gap(string text) => new(text, IsGap: true);

    /// <summary>Nothing is missing.</summary>
    public static ReadingNote Information(string text) => new(text, IsGap: false);

    /// <summary>Those that are there, each once, in order.</summary>
    public static IReadOnlyList<ReadingNote> Of(params IEnumerable<ReadingNote?> notes) => [.. notes.OfType<ReadingNote>().Distinct()];

    /// <summary>Their sentences, one behind the other; null when there is none.</summary>
    public static string? Join(IEnumerable<ReadingNote> notes)
    {
        var text = string.Join(' ', notes.Select(note => note.Text));
        return text.Length == 0 ? null : text;
    }
}
