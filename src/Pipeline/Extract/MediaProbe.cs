using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract;

/// <summary>Finds out what a stored media item holds.</summary>
internal sealed class MediaProbe(
    PictureReader pictures,
    StreamProbe streams,
    PdfProbe pdf,
    DocumentReader documents)
{
    /// <summary>Whether a picture is a scan or a photograph of a page.</summary>
    /// <exception cref="MediaRejectedException">It is damaged.</exception>
    public Task<bool> IsPageAsync(StoredMedia media, MediaDescription description, CancellationToken cancellationToken) =>
        pictures.IsPageAsync(media, description, cancellationToken);

    /// <summary>Describes a stored media item, without decoding it.</summary>
    /// <exception cref="MediaRejectedException">It is damaged, encrypted, empty or too large.</exception>
    /// <exception cref="ResourceUnavailableException">A tool is missing.</exception>
    public async Task<MediaDescription> DescribeAsync(StoredMedia media, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(media);
        var description = new MediaDescription
        {
            Sha256 = media.Sha256,
            Kind = media.Kind,
            MediaType = media.MediaType,
            LengthBytes = media.LengthBytes,
        };
        switch (media.Kind)
        {
            case MediaKind.Image:
                return await pictures.DescribeAsync(media, description, cancellationToken).ConfigureAwait(false);
            case MediaKind.Video or MediaKind.Audio:
                return await streams.DescribeAsync(media, description, cancellationToken).ConfigureAwait(false);
            case MediaKind.Pdf:
                return await pdf.DescribeAsync(media, description, cancellationToken).ConfigureAwait(false);
            default:
                var characters = await documents.CountCharactersAsync(media.Path, media.MediaType, $"'{media.Source}'", cancellationToken)
                    .ConfigureAwait(false);
                return description with { CharacterCount = characters };
        }
    }
}
