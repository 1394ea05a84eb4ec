using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>The pictures and videos of a request as they go over the wire, compressed once however often the request is written.</summary>
internal sealed class SentPictures
{
    private readonly ConcurrentDictionary<DataContent, (ReadOnlyMemory<byte> Data, string MediaType)> _compressed =
        new(ReferenceEqualityComparer.Instance);

    private SentPictures()
    {
    }

    /// <summary>Compresses the uncompressed pictures of messages, as many at once as there are processors.</summary>
    public static SentPictures Of(IEnumerable<ChatMessage> messages, EndpointOptions options)
    {
        var pictures = new SentPictures();
        Parallel.ForEach(
            messages.SelectMany(message => message.Contents).OfType<DataContent>().Where(IsPixmap),
            picture => pictures._compressed[picture] =
                PictureCompression.Compress(picture.Data, Format(picture, options), options.JpegQuality));
        return pictures;
    }

    /// <summary>A part of a message as it is sent.</summary>
    public (ReadOnlyMemory<byte> Data, string MediaType) this[DataContent content] =>
        _compressed.TryGetValue(content, out var sent) ? sent : (content.Data, content.MediaType);

    private static bool IsPixmap(DataContent content) => content.MediaType == ClipFrame.PixmapMediaType;

    // Letters suffer first from what JPEG leaves out; within a machine, bytes cost nothing.
    private static PictureFormat Format(DataContent picture, EndpointOptions options) => options.Pictures switch
    {
        PictureFormat.Auto when options.BaseUrl!.IsLoopback || picture.AdditionalProperties?.ContainsKey(ClipFrame.Page) is true =>
            PictureFormat.Png,
        PictureFormat.Auto => PictureFormat.Jpeg,
        var chosen => chosen,
    };
}
