using System.Buffers;
using System.Buffers.Text;
using System.Net;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>
/// The body of a request: JSON with gaps in its strings, into which media is written as base64 while it is sent. Its length is known
/// before.
/// </summary>
/// <param name="Json">UTF-8.</param>
/// <param name="Media">What is written where, in order of the places.</param>
internal sealed record RequestBody(ReadOnlyMemory<byte> Json, IReadOnlyList<(int At, ReadOnlyMemory<byte> Data)> Media)
{
    // A multiple of three, so that nothing is padded in between.
    private const int Block = 48 * 1024;

    /// <summary>Its length, in bytes.</summary>
    public long Length => Json.Length + Media.Sum(media => (long)Base64.GetMaxEncodedToUtf8Length(media.Data.Length));

    /// <summary>The body as content of one request.</summary>
    public HttpContent Content() => new BodyContent(this) { Headers = { ContentType = new("application/json") } };

    /// <summary>Writes it.</summary>
    public async Task WriteAsync(Stream target, CancellationToken cancellationToken)
    {
        var written = 0;
        var text = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(Block));
        try
        {
            foreach (var (at, data) in Media)
            {
                await target.WriteAsync(Json[written..at], cancellationToken).ConfigureAwait(false);
                written = at;
                for (var from = 0; from < data.Length; from += Block)
                {
                    var part = data.Slice(from, Math.Min(Block, data.Length - from));
                    Base64.EncodeToUtf8(part.Span, text, out _, out var length);
                    await target.WriteAsync(text.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
                }
            }

            await target.WriteAsync(Json[written..], cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    private sealed class BodyContent(RequestBody body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            body.WriteAsync(stream, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            body.WriteAsync(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
