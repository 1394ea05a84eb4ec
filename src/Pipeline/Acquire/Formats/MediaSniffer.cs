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
        await using var file = Open(path);
        var head = new byte[Math.Min(HeadBytes, file.Length)];
        await file.ReadExactlyAsync(head, cancellationToken).ConfigureAwait(false);
        return Sniff(path, head, file.Length, source);
    }

    /// <summary>Sniffs a file of our own whose first bytes are known.</summary>
    /// <param name="path">The file.</param>
    /// <param name="head">Its first <see cref="HeadBytes"/> bytes, or all of them.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="source">Where it came from.</param>
    /// <exception cref="MediaRejectedException">It is of a kind that is not read.</exception>
    public static SniffedMedia Sniff(string path, byte[] head, long length, OpenedSource source)
    {
        var media = Sniff(() => Open(path), head, length, source);
        return media.MediaType == "image/tiff" && TiffFile.ReadPages(path).Any(page => page.IsRaw)
            ? throw Unsupported(source.Name, ForeignMedia.Raw(head))
            : media;
    }

    /// <summary>Sniffs a file that stands within another.</summary>
    /// <param name="content">All of it.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="MediaRejectedException">It is of a kind that is not read.</exception>
    public static SniffedMedia Sniff(byte[] content, string name) => Sniff(
        () => new MemoryStream(content, writable: false),
        content.AsSpan(0, Math.Min(HeadBytes, content.Length)).ToArray(),
        content.Length,
        new(name, name, Stream.Null));

    private static FileStream Open(string path) => new(
        path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);

    private static SniffedMedia Sniff(Func<Stream> open, byte[] head, long length, OpenedSource source)
    {
        if (BinarySignatures.Find(head) is { } media)
            return media;

        var isZip = BinarySignatures.IsZip(head);
        if (isZip || BinarySignatures.IsCompoundFile(head))
        {
            using var file = open();
            return isZip ? PackageSniffer.SniffZip(file, source.Name) : PackageSniffer.SniffCompound(file, source);
        }

        if (BinarySignatures.FindRefused(head) is { } refused)
            throw Unsupported(source.Name, refused);
        if (TextSniffer.Sniff(head, isWhole: head.Length == length, source) is { } text)
            return text;
        throw Unsupported(source.Name, $"is of no known kind; read are {Readable}");
    }

    /// <summary>The exception for a kind that is not read.</summary>
    public static MediaRejectedException Unsupported(string name, string why) => new(RejectionReason.UnsupportedMedia, $"'{name}' {why}.");
}
