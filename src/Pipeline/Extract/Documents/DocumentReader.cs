using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>Reads texts and office documents, and gives their parts.</summary>
internal sealed class DocumentReader(DocumentStore documents, IOptions<AcquireOptions> acquire)
{
    /// <summary>Reads a whole document, once.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The number of characters of its text.</returns>
    /// <exception cref="MediaRejectedException">It is damaged, empty or too large.</exception>
    public async Task<int> CountCharactersAsync(string path, string mediaType, string subject, CancellationToken cancellationToken)
    {
        using var document = await documents.OpenAsync(path, mediaType, subject, cancellationToken).ConfigureAwait(false);
        return document.Length;
    }

    /// <summary>Reads one part of a document, with the pictures whose places are in it.</summary>
    public async Task<ExtractedSegment> ReadPartAsync(
        string path, MediaDescription media, int number, MediaSettings settings, CancellationToken cancellationToken)
    {
        using var document = await documents.OpenAsync(path, media.MediaType, "The document", cancellationToken).ConfigureAwait(false);
        if (document.Length != media.CharacterCount)
        {
            throw new MediaRejectedException(
                RejectionReason.InternalError,
                "The document is read otherwise than when the job was planned (other settings or another version of this program); retry "
                    + "the job to plan it again.");
        }

        var content = document.Result;
        var (start, text) = TextParts.Get(document.Length, document.Read, number, settings.TextPartCharacters);
        var pictures = new List<Picture>();
        var unread = 0;
        for (var picture = 1; picture <= content.Pictures.Count; picture++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!text.Contains(DocumentContent.PictureMark(picture), StringComparison.Ordinal))
                continue;
            if (Decode(path, content.Pictures[picture - 1], picture, settings) is { } decoded)
                pictures.Add(decoded);
            else
                unread++;
        }

        var note = unread > 0 ? FormattableString.Invariant($"{unread} pictures of this part could not be read.") : null;
        return new()
        {
            Text = text,
            Context = PartContext.At(content.Marks, start),
            Origin = PartOrigin.At(content, start, text.Length, document.Read),
            Pictures = pictures,
            Note = content.Note is null ? note : note is null ? content.Note : $"{content.Note} {note}",
        };
    }

    /// <summary>What stands over all parts of a document: headings and heads of tables; null when there are none.</summary>
    public async Task<string?> ReadOutlineAsync(string path, MediaDescription media, CancellationToken cancellationToken)
    {
        using var document = await documents.OpenAsync(path, media.MediaType, "The document", cancellationToken).ConfigureAwait(false);
        return PartContext.Outline(document.Result.Marks);
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
}
