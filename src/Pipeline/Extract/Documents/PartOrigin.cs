using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>Where a part of a text stands within its document.</summary>
internal static class PartOrigin
{
    /// <summary>The origin of a part.</summary>
    /// <param name="content">What was read of the document.</param>
    /// <param name="start">Where the part begins in the text.</param>
    /// <param name="length">The part's characters.</param>
    /// <param name="read">Reads the text from a place, so many characters.</param>
    public static TextOrigin At(ReadResult content, int start, int length, Func<int, int, string> read)
    {
        var addresses = new List<TextAddress>();
        for (var index = Holding(content.Addresses, start); index < content.Addresses.Count; index++)
        {
            if (content.Addresses[index].Start >= start + length)
                break;
            addresses.Add(content.Addresses[index] with { Start = content.Addresses[index].Start - start });
        }

        if (content.Places.Count == 0)
            return new(null, 0, addresses);
        var place = LinePlaces.At(content.Places, start, read);
        return new(place.Line, place.Column, addresses);
    }

    // The last address that does not begin behind the part's start holds for it; the first one, where all begin behind.
    private static int Holding(IReadOnlyList<TextAddress> addresses, int start)
    {
        var (low, high) = (0, addresses.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (addresses[middle].Start <= start)
                low = middle + 1;
            else
                high = middle;
        }

        return Math.Max(0, low - 1);
    }
}
