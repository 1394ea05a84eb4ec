using Qwen35Batch.Pipeline.Agents.Notes;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>Whether notes carry what a report says.</summary>
internal static class ParagraphCheck
{
    /// <returns>What is wrong with a paragraph, as a sentence; null when its notes carry it.</returns>
    public static string? Problem(DraftParagraph paragraph, Notebook notebook, string question)
    {
        var notes = paragraph.Notes.Select(notebook.Find).OfType<Note>().ToList();
        if (string.IsNullOrWhiteSpace(paragraph.Text)) return "It is empty.";
        if (notes.Count == 0) return "It names no note that there is.";
        return Mentions.Missing(paragraph.Text, [.. Grounds(notes, notebook), question]) is { } missing
            ? $"'{missing}' stands in none of the notes that it names."
            : Wording.Carries(paragraph.Text, Wording.Paragraph, [.. Grounds(notes, notebook), question])
                ? null
                : "It says what none of the notes that it names says.";
    }

    /// <summary>Whether a title or a heading says only what is in the question or in the notes.</summary>
    public static bool IsTitle(string text, Notebook notebook, string question) =>
        !string.IsNullOrWhiteSpace(text)
        && Orders.IsStatement(text)
        && Mentions.Missing(text, [.. Grounds(notebook.Notes, notebook), question]) is null;

    private static IEnumerable<string> Grounds(IEnumerable<Note> notes, Notebook notebook) =>
        notes.SelectMany(note => (string[])[note.Claim, note.Quote, notebook.Sources[note.Source - 1].Title ?? ""]);
}
