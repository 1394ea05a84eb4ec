using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>Reads plain text, Markdown and office documents.</summary>
internal sealed class DocumentReader(OfficeReader office, IOptions<AcquireOptions> acquire, IOptions<ExtractOptions> extract)
{
    /// <summary>Reads a whole document.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MediaRejectedException">It is damaged, empty or too large.</exception>
    public async Task<DocumentContent> ReadAsync(string path, string mediaType, string subject, CancellationToken cancellationToken)
    {
        var content = mediaType.StartsWith("text/", StringComparison.Ordinal)
            ? new DocumentContent(await ReadTextAsync(path, subject, cancellationToken).ConfigureAwait(false), [], null)
            : await Task.Run(() => office.Read(path, mediaType, subject, cancellationToken), cancellationToken).ConfigureAwait(false);
        return content.Text.Length > 0
            ? content
            : throw new MediaRejectedException(RejectionReason.Empty, $"{subject} contains no text and no picture.");
    }

    /// <summary>Reads one part of a document, with the pictures whose places are in it.</summary>
    public async Task<ExtractedSegment> ReadPartAsync(
        string path, MediaDescription media, int number, MediaSettings settings, CancellationToken cancellationToken)
    {
        var content = await ReadAsync(path, media.MediaType, "The document", cancellationToken).ConfigureAwait(false);
        var text = TextParts.Get(content.Text, number, settings.TextPartCharacters);
        var pictures = new List<Picture>();
        var unread = 0;
        for (var picture = 1; picture <= content.PictureEntries.Count; picture++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!text.Contains(DocumentContent.PictureMark(picture), StringComparison.Ordinal))
                continue;
            if (Decode(path, content.PictureEntries[picture - 1], picture, settings) is { } decoded)
                pictures.Add(decoded);
            else
                unread++;
        }

        var note = unread > 0 ? FormattableString.Invariant($"{unread} pictures of this part could not be read.") : null;
        return new()
        {
            Text = text,
            Pictures = pictures,
            Note = content.Note is null ? note : note is null ? content.Note : $"{content.Note} {note}",
        };
    }

    // A document is worth reading without one of its pictures, so a bad one is passed over and counted.
    private Picture? Decode(string path, string entry, int number, MediaSettings settings)
    {
        try
        {
            return OfficePackage.ReadPicture(path, entry) is { } content
                ? PictureDecoder.Decode(content, acquire.Value.MaxPixels, settings.MaxPicturePixels, $"Picture {number}").Picture
                : null;
        }
        catch (MediaRejectedException)
        {
            return null;
        }
    }

    private async Task<string> ReadTextAsync(string path, string subject, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > extract.Value.MaxTextLength)
        {
            throw new MediaRejectedException(
                RejectionReason.TooLarge,
                $"{subject} is a text of more than {extract.Value.MaxTextLength:N0} bytes; split it, or raise Extract:MaxTextLength.");
        }

        var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        var encoding = TextEncoding.Detect(bytes, isWhole: true) ?? throw new MediaRejectedException(
            RejectionReason.CorruptMedia, $"{subject} begins as text but contains bytes that are none; save it as UTF-8.");
        return TextEncoding.Decode(bytes, encoding).ReplaceLineEndings("\n").Trim();
    }
}
