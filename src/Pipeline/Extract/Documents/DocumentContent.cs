namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>A text or an office document as text, with places of pictures in it.</summary>
/// <param name="Text">The text; <see cref="PictureMark"/> stands where a picture was.</param>
/// <param name="PictureEntries">The pictures' names within the package, by their number from 1.</param>
/// <param name="Note">What was left out, or null.</param>
internal sealed record DocumentContent(string Text, IReadOnlyList<string> PictureEntries, string? Note)
{
    /// <summary>What stands in the text where a picture was.</summary>
    /// <param name="number">The picture's number, from 1.</param>
    public static string PictureMark(int number) => FormattableString.Invariant($"[picture {number}]");
}
