namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>Notes are sentences.</summary>
internal static class Notes
{
    /// <summary>The notes there are, one behind the other; null when there is none.</summary>
    public static string? Join(params IEnumerable<string?> notes)
    {
        var text = string.Join(' ', notes.Where(note => !string.IsNullOrEmpty(note)));
        return text.Length == 0 ? null : text;
    }
}
