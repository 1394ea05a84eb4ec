using System.Net.Mime;
using System.Text;
using System.Text.Json;
using MassTransit;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>
/// Reads a submission as the HTTP interface does, in an envelope of MassTransit's or without, and hands on what was read and nothing else:
/// addresses for answers and faults, which anyone who can send a message could name, go no further.
/// </summary>
/// <param name="errors">Leads to the error queue. Throwing here would lead back into the queue, without end.</param>
/// <param name="time">The clock.</param>
internal sealed class SubmissionFilter(IPipe<ExceptionReceiveContext> errors, TimeProvider time) : IFilter<ReceiveContext>
{
    private const string Envelope = "application/vnd.masstransit+json";
    private static readonly string Type = MessageUrn.ForTypeString<SubmitJob>();

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var contentType = context.ContentType?.ToString();
        var (text, error) = Unwrapped(context.Body.GetBytes(), context.ContentType);
        // Of another type: what stands behind says so.
        if (text is null && error is null)
        {
            await next.Send(context);
            return;
        }

        SubmitJob? job = null;
        if (text is { } own)
        {
            using var body = new MemoryStream(own.ToArray());
            (job, error) = await SubmissionJson.ReadAsync<SubmitJob>(body, contentType, context.CancellationToken);
        }

        if (job is not null)
        {
            await next.Send(new SubmissionContext(context, job));
            return;
        }

        var reason = new SubmissionRefusedException(error!.ToString());
        await errors.Send(new RefusedMessageContext(context, reason, time.GetUtcNow().UtcDateTime));
        // Without this the message would count as skipped, and be refused a second time.
        await context.NotifyFaulted(reason);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("submission");

    /// <returns>The submission's own text, or what is wrong with its envelope; neither for a message of another type.</returns>
    private static (ReadOnlyMemory<byte>? Text, FieldError? Error) Unwrapped(byte[] body, ContentType? type)
    {
        if (type is not null && !string.Equals(type.MediaType, Envelope, StringComparison.OrdinalIgnoreCase)) return (body, null);

        try
        {
            using var document = JsonDocument.Parse(WithoutMark(body));
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("messageType", out var types)
                && document.RootElement.TryGetProperty("message", out var message))
            {
                return types.ValueKind == JsonValueKind.Array
                    && types.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(Type))
                    ? (Encoding.UTF8.GetBytes(message.GetRawText()), null)
                    : (null, null);
            }
        }
        catch (JsonException) when (type is null)
        {
            // It is no envelope; what is wrong with it is told as for any other text.
        }
        catch (JsonException problem)
        {
            return (null, new("", $"The envelope is no JSON: {problem.Message}"));
        }

        return type is null ? (body, null) : (null, new("", "The envelope has no messageType or no message."));
    }

    private static ReadOnlyMemory<byte> WithoutMark(byte[] body) =>
        body.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? body.AsMemory(Encoding.UTF8.Preamble.Length) : body;
}
