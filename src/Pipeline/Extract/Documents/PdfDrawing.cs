using System.Globalization;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>How a page is drawn.</summary>
/// <param name="Width">Pixels from left to right.</param>
/// <param name="Height">Pixels from top to bottom.</param>
/// <param name="IsTurned">Whether it is shown turned by a quarter.</param>
internal sealed record PdfDrawing(int Width, int Height, bool IsTurned)
{
    /// <summary>
    /// The arguments that give <c>pdftoppm</c> the size. Poppler takes a turned page's width for its height when both are given.
    /// </summary>
    public IReadOnlyList<string> Arguments => IsTurned
        ? ["-cropbox", "-scale-to", Number(Math.Max(Width, Height))]
        :
        [
            "-cropbox", "-scale-to-x", Number(Width), "-scale-to-y", Number(Height),
            // Poppler rounds up, and what was computed may be a little more than what was asked for.
            "-x", "0", "-y", "0", "-W", Number(Width), "-H", Number(Height),
        ];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
