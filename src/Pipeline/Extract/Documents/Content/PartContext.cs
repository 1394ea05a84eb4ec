namespace Qwen35Batch.Pipeline.Extract.Documents.Content;

/// <summary>
/// What a later part of a text must know of the parts before it: the headings that it stands under, and its table's head.
/// </summary>
internal static class PartContext
{
    private const int MaxCharacters = 2_000;
    private const int OutlineLevels = 3;

    /// <summary>What the whole stands under: its headings and the heads of its tables, in order; null when there are none.</summary>
    public static string? Outline(IReadOnlyList<DocumentMark> marks) =>
        Cut(
            marks.Where(mark => mark.Level <= OutlineLevels)
                .Select(mark => mark.Level == 0 ? mark.Text : $"{new string('#', mark.Level)} {mark.Text}"));

    /// <summary>The context of what begins at a place of the text, marked as repeated; null when there is none.</summary>
    /// <param name="marks">In the order of their places.</param>
    /// <param name="start">Where the part begins.</param>
    public static string? At(IReadOnlyList<DocumentMark> marks, int start)
    {
        if (start == 0)
            return null;
        var headings = new List<DocumentMark>();
        string? head = null;
        foreach (var mark in marks)
        {
            if (mark.Level > 0 && mark.Start < start)
            {
                headings.RemoveAll(heading => heading.Level >= mark.Level);
                headings.Add(mark);
            }
            else if (mark.Level == 0 && mark.Start <= start && start < mark.End)
            {
                head = mark.Text;
            }
        }

        // A part that begins with a heading of its own stands under those above it only.
        if (marks.FirstOrDefault(mark => mark.Level > 0 && mark.Start == start) is { } own)
            headings.RemoveAll(heading => heading.Level >= own.Level);
        var lines = headings.Select(heading => $"{new string('#', heading.Level)} {heading.Text}").ToList();
        if (head is not null)
            lines.Add(head);
        return Cut(lines);
    }

    private static string? Cut(IEnumerable<string> lines)
    {
        var context = string.Join("\n\n", lines);
        return context.Length == 0 ? null : context.Length <= MaxCharacters ? context : context[..MaxCharacters] + "…";
    }
}
