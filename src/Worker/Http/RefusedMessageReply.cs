using System.Text;
using Qwen35Batch.Persistence.Submissions;

namespace Qwen35Batch.Worker.Http;

/// <summary>A message that could not be accepted, as it is listed.</summary>
/// <param name="MessageId">The broker's message id; null when it had none.</param>
/// <param name="ReceivedAt">When it came first.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="Body">Its body as text; bytes that are no UTF-8 are replaced.</param>
/// <param name="Headers">Its headers.</param>
internal sealed record RefusedMessageReply(
    string? MessageId, DateTimeOffset ReceivedAt, string Reason, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public static RefusedMessageReply Of(RejectedMessage message) => new(
        message.MessageId, message.ReceivedAt, message.Reason, Encoding.UTF8.GetString(message.Body.Span), message.Headers);
}
