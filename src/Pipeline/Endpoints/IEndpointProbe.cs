using Microsoft.Extensions.AI;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>Tells an item's own fault from one that every request of the same form meets.</summary>
internal interface IEndpointProbe
{
    /// <summary>A request was answered.</summary>
    void Answered(IReadOnlyList<ChatMessage> messages, ChatOptions chat);

    /// <summary>Whether others are answered while this request is not.</summary>
    /// <param name="messages">The request that failed.</param>
    /// <param name="chat">Its options.</param>
    /// <param name="isRefusal">
    /// True when the server took the request and refused it: then what it answered a little earlier tells enough. False when it broke off,
    /// or failed: then only what it answers afterwards does.
    /// </param>
    /// <param name="cancellationToken">Stops the asking.</param>
    Task<bool> AnswersOthersAsync(IReadOnlyList<ChatMessage> messages, ChatOptions chat, bool isRefusal, CancellationToken cancellationToken);
}
