using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Chat;

/// <summary>
/// Qwen3.5 in this process as an <see cref="IChatClient"/>. Concurrent calls share batches; a caller sees only its own answer.
/// <para>
/// Messages carry text, pictures and clips, and tools. Options that are honoured: <c>Temperature</c> (none: greedy), <c>TopK</c>,
/// <c>TopP</c>, <c>PresencePenalty</c>, <c>Seed</c>, <c>MaxOutputTokens</c>, <c>StopSequences</c>, <c>ResponseFormat</c>, <c>Tools</c>,
/// <c>Reasoning</c>, and the additional properties <c>enable_thinking</c> (bool), <c>min_p</c>, <c>min_pixels</c>, <c>max_pixels</c>
/// (numbers), <c>group</c> (requests of one group take turns with other groups), <c>priority</c> (higher first) and <c>deadline</c> (a
/// <see cref="DateTimeOffset"/>), and <see cref="TokenChoice.Property"/> (bool). Others are refused.
/// </para>
/// <para>
/// Usage counts: input (prompt) and output tokens without the end-of-text token, cached input tokens (a prefix whose state was at hand),
/// reasoning tokens, and as additional counts <c>pictures</c>, <c>media_tokens</c> and <c>cached_media_tokens</c>. The response's
/// additional property <c>time_to_first_token</c> is a <see cref="TimeSpan"/>. A response that is not streamed has the tokens that were a
/// choice under <see cref="TokenChoice.Property"/>, when they were asked for.
/// </para>
/// </summary>
public sealed class Qwen35ChatClient : IChatClient
{
    /// <summary>The additional property of a response with the time from arrival in the line to the first token.</summary>
    public const string TimeToFirstToken = "time_to_first_token";

    private const string Provider = "qwen35batch";

    private readonly EngineLoop _loop;
    private readonly PromptBuilder _prompts;
    private readonly Qwen35Tokenizer _tokenizer;
    private readonly GrammarCompiler _grammars;
    private readonly ReasoningMarks _reasoning;
    private readonly ToolMarks _tools;
    private readonly AnswerReader _answers;
    private readonly TimeProvider _time;
    private readonly string[] _modelNames;
    private readonly ChatClientMetadata _metadata;

    internal Qwen35ChatClient(
        EngineLoop loop, PromptBuilder prompts, Qwen35Tokenizer tokenizer, GrammarCompiler grammars, ReasoningMarks reasoning,
        ToolMarks tools, string name, string identity, TimeProvider time)
    {
        _loop = loop;
        _prompts = prompts;
        _tokenizer = tokenizer;
        _grammars = grammars;
        _reasoning = reasoning;
        _tools = tools;
        _answers = new AnswerReader(tokenizer, reasoning);
        _time = time;
        _modelNames = [name, identity];
        _metadata = new ChatClientMetadata(Provider, null, identity);
    }

    private string Identity => _modelNames[1];

    /// <inheritdoc/>
    /// <exception cref="RequestRefusedException">The request can never be answered here; the message says why.</exception>
    /// <exception cref="InvalidPromptException">A message or a part cannot be sent; the message says which and why.</exception>
    /// <exception cref="EngineStoppedException">The engine stops.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = new ChatRequest(messages, options, _modelNames);
        var generation = await RunAsync(request, null, cancellationToken);
        var (contents, reason) = _answers.Read(request, generation);
        var id = NewId();
        var properties = new AdditionalPropertiesDictionary { [TimeToFirstToken] = generation.TimeToFirstToken };
        if (request.WantsChoices && _answers.ReadChoices(request, generation, contents) is { } choices)
        {
            properties[TokenChoice.Property] = choices;
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents) { MessageId = id })
        {
            ResponseId = id,
            ModelId = Identity,
            CreatedAt = _time.GetUtcNow(),
            FinishReason = reason,
            Usage = _answers.ReadUsage(request, generation),
            AdditionalProperties = properties,
        };
    }

    /// <inheritdoc/>
    /// <exception cref="RequestRefusedException">The request can never be answered here; the message says why.</exception>
    /// <exception cref="InvalidPromptException">A message or a part cannot be sent; the message says which and why.</exception>
    /// <exception cref="EngineStoppedException">The engine stops.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ChatRequest(messages, options, _modelNames);
        var id = NewId();
        var createdAt = _time.GetUtcNow();
        var tokens = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

        // A caller that stops reading gives the request up.
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunAsync(request, tokens.Writer, abandoned.Token);
        try
        {
            var streamed = new StreamedAnswer(request, _tokenizer, _reasoning);
            await foreach (var token in tokens.Reader.ReadAllAsync(cancellationToken))
            {
                if (streamed.Append(token) is { } content)
                {
                    yield return Update([content]);
                }
            }

            if (streamed.Flush() is { } rest)
            {
                yield return Update([rest]);
            }

            var generation = await running;
            var (contents, reason) = _answers.Read(request, generation);
            var last = Update([.. contents.OfType<FunctionCallContent>(), new UsageContent(_answers.ReadUsage(request, generation))]);
            last.FinishReason = reason;
            last.AdditionalProperties = new() { [TimeToFirstToken] = generation.TimeToFirstToken };
            yield return last;
        }
        finally
        {
            await abandoned.CancelAsync();
        }

        ChatResponseUpdate Update(IList<AIContent> contents) =>
            new(ChatRole.Assistant, contents) { ResponseId = id, MessageId = id, ModelId = Identity, CreatedAt = createdAt };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the engine is closed by its owner.</summary>
    public void Dispose()
    {
    }

    private async Task<Generation> RunAsync(ChatRequest request, ChannelWriter<int>? stream, CancellationToken cancellationToken)
    {
        try
        {
            return await _loop.RunAsync(
                token => request.Prepare(_prompts, _grammars, _reasoning, _tools, stream, token), cancellationToken);
        }
        catch (Exception error)
        {
            // Before it reaches the loop, nobody else ends the stream.
            stream?.TryComplete(error);
            throw;
        }
    }

    private static string NewId() => Guid.CreateVersion7().ToString("N");
}
