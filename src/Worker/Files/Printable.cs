namespace Qwen35Batch.Worker.Files;

/// <summary>Foreign text as a terminal may show it.</summary>
internal static class Printable
{
    /// <summary>Without control characters, which could steer the terminal.</summary>
    public static string Text(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));

    /// <summary>The same, at most so many characters.</summary>
    public static string Start(string text, int longest) => text.Length <= longest ? Text(text) : $"{Text(text[..longest])}…";
}
