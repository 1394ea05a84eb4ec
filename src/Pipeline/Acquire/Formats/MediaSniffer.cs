using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>Finds out what a file is by its content. The name only tells Markdown from text, and text from a mislabelled file.</summary>
internal static class MediaSniffer
{
    /// <summary>How much of the start is looked at.</summary>
    public const int HeadBytes = 1 << 16;

    /// <summary>What is read, for messages.</summary>
    public static readonly string Readable =
        $"pictures ({MediaFormats.Pictures}), video and sound ({MediaFormats.Recordings}), "
        + "and documents (PDF, Word, Excel, PowerPoint, OpenDocument, EPUB, mail, HTML, text and Markdown)";

    /// <summary>Sniffs a file of our own.</summary>
    /// <param name="path">The file.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MediaRejectedException">It is of a kind that is not read.</exception>
    public static async Task<SniffedMedia> SniffAsync(string path, OpenedSource source, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
        var head = new byte[Math.Min(HeadBytes, file.Length)];
        await file.ReadExactlyAsync(head, cancellationToken).ConfigureAwait(false);
        var media = Sniff(file, head, source);
        return media.MediaType == "image/tiff" && TiffFile.ReadPages(path).Any(page => page.IsRaw)
            ? throw Unsupported(source.Name, ForeignMedia.Raw(head))
            : media;
    }

    /// <summary>Sniffs a file that stands within another.</summary>
    /// <param name="content">All of it.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="MediaRejectedException">It is of a kind that is not read.</exception>
    public static SniffedMedia Sniff(byte[] content, string name)
    {
        using var file = new MemoryStream(content, writable: false);
        return Sniff(file, content.AsSpan(0, Math.Min(HeadBytes, content.Length)).ToArray(), new(name, name, Stream.Null));
    }

    private static SniffedMedia Sniff(Stream file, byte[] head, OpenedSource source)
    {
        if (BinarySignatures.Find(head) is { } media)
            return media;

        if (BinarySignatures.IsZip(head))
            return PackageSniffer.SniffZip(file, source.Name);
        if (BinarySignatures.IsCompoundFile(head))
            return PackageSniffer.SniffCompound(file, source);
        if (BinarySignatures.FindRefused(head) is { } refused)
            throw Unsupported(source.Name, refused);
        if (TextSniffer.Sniff(head, isWhole: head.Length == file.Length, source) is { } text)
            return text;
        throw Unsupported(source.Name, $"is of no known kind; read are {Readable}");
    }

    /// <summary>The exception for a kind that is not read.</summary>
    public static MediaRejectedException Unsupported(string name, string why) => new(RejectionReason.UnsupportedMedia, $"'{name}' {why}.");
}
