using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Tests.Hosting;

/// <summary>A model that answers every request with a valid description, when the test lets it.</summary>
internal sealed class ScriptedModel : IChatClient
{
    public const string Answer = """{"summary":"A text.","objects":[],"visibleText":[],"language":null}""";

    private readonly TaskCompletionSource _firstCall = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private int _running;
    private int _mostRunning;
    private int _cancelled;

    /// <summary>Awaited by every call before it answers: what is asked, and the call's token.</summary>
    public Func<ModelCall, CancellationToken, Task> BeforeAnswer { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>How sure it was of its answer; null for an engine that does not say.</summary>
    public IReadOnlyList<TokenChoice>? Choices { get; set; }

    public int Calls => Volatile.Read(ref _calls);

    public int MostRunning => Volatile.Read(ref _mostRunning);

    public int Cancelled => Volatile.Read(ref _cancelled);

    public Task FirstCall => _firstCall.Task;

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = Interlocked.Increment(ref _calls);
        var running = Interlocked.Increment(ref _running);
        InterlockedMax(ref _mostRunning, running);
        _firstCall.TrySetResult();
        try
        {
            await BeforeAnswer(new(call, running, string.Concat(messages.Select(message => message.Text))), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, Answer))
        {
            ModelId = "scripted",
            FinishReason = ChatFinishReason.Stop,
            Usage = new UsageDetails { InputTokenCount = 7, OutputTokenCount = 3 },
            AdditionalProperties = new() { [TokenChoice.Property] = Choices },
        };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates()) yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("scripted", null, "scripted") : null;

    public void Dispose()
    {
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
