using Microsoft.Extensions.AI;
using Qwen35Batch.Pipeline.Tests.Validate;

namespace Qwen35Batch.Pipeline.Tests.Infer;

/// <summary>Stands for the model: answers what the test says, by default a value that is valid against the schema that was sent.</summary>
internal sealed class ScriptedChatClient : IChatClient
{
    private readonly Lock _lock = new();

    public List<(List<ChatMessage> Messages, ChatOptions Options)> Requests { get; } = [];

    public Func<int, ChatOptions, CancellationToken, Task<ChatResponse>> Answer { get; set; } =
        (_, options, _) => Task.FromResult(Say(Valid(options)));

    public static string Valid(ChatOptions options, int items = 1) =>
        ShortestInstance.Of(((ChatResponseFormatJson)options.ResponseFormat!).Schema!.Value, items);

    public static ChatResponse Say(string text) => new(new ChatMessage(ChatRole.Assistant, text))
    {
        ModelId = "scripted@1",
        FinishReason = ChatFinishReason.Stop,
        Usage = new() { InputTokenCount = 100, CachedInputTokenCount = 40, OutputTokenCount = 10 },
    };

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        int number;
        lock (_lock)
        {
            number = Requests.Count;
            Requests.Add(([.. messages], options!));
        }

        return await Answer(number, options!, cancellationToken);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The pipeline asks for whole answers.");

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
