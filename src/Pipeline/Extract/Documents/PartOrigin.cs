using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>Where a part of a text stands within its document.</summary>
internal static class PartOrigin
{
    private const int Block = 1 << 15;

    /// <summary>The origin of a part.</summary>
    /// <param name="content">What was read of the document.</param>
    /// <param name="start">Where the part begins in the text.</param>
    /// <param name="length">The part's characters.</param>
    /// <param name="read">Reads the text from a place, so many characters.</param>
    public static TextOrigin At(ReadResult content, int start, int length, Func<int, int, string> read)
    {
        // The address before the part holds for its beginning.
        var first = content.Addresses.TakeWhile(address => address.Start <= start).Count() - 1;
        var addresses = content.Addresses.Skip(Math.Max(0, first))
            .TakeWhile(address => address.Start < start + length)
            .Select(address => address with { Start = address.Start - start })
            .ToList();
        if (content.Start is not { } file)
            return new(null, 0, addresses);
        var (line, column) = (file.Line, file.Column);
        for (var at = 0; at < start; at += Block)
        {
            foreach (var character in read(at, Math.Min(Block, start - at)))
                (line, column) = character == '\n' ? (line + 1, 0) : (line, column + 1);
        }

        return new(line, column, addresses);
    }
}
