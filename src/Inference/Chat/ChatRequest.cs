using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Inference.Chat;

/// <summary>A chat call, checked, as the engine takes it.</summary>
internal sealed class ChatRequest
{
    private static readonly JsonElement AnyValue = JsonDocument.Parse("{}").RootElement;

    private static readonly JsonElement NoParameters = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement;

    private readonly IReadOnlyList<ChatMessage> _messages;
    private readonly ChatOptions _options;

    /// <exception cref="RequestRefusedException">An option is set that the engine cannot honour.</exception>
    public ChatRequest(IEnumerable<ChatMessage> messages, ChatOptions? options, IReadOnlyCollection<string> modelNames)
    {
        _messages = [.. messages];
        _options = options?.Clone() ?? new ChatOptions();
        SupportedChatOptions.Check(_options, modelNames);
        IsThinking = SupportedChatOptions.IsThinking(_options);
        _options.AdditionalProperties ??= [];
        _options.AdditionalProperties[SupportedChatOptions.EnableThinking] = IsThinking;
        _options.Tools = SupportedChatOptions.HasTools(_options) ? _options.Tools : null;
    }

    /// <summary>Whether the answer starts with reasoning.</summary>
    public bool IsThinking { get; }

    /// <summary>Whether the caller wants to see the reasoning.</summary>
    public bool ShowsReasoning => _options.Reasoning?.Output is not ReasoningOutput.None;

    /// <summary>Whether the response says how sure the model was of each token.</summary>
    public bool WantsChoices => SupportedChatOptions.WantsChoices(_options);

    public IList<AITool>? Tools => _options.Tools;

    public IReadOnlyList<string> StopSequences => [.. _options.StopSequences ?? []];

    /// <summary>Does the work that takes time: decodes pictures, renders the prompt, compiles the schema.</summary>
    public EngineRequest Prepare(
        PromptBuilder prompts, GrammarCompiler grammars, ReasoningMarks reasoning, ToolMarks tools, ChannelWriter<int>? stream,
        CancellationToken cancellationToken) => new()
        {
            Grammar = CreateGrammar(grammars, tools) is not { } grammar
                ? null
                : IsThinking ? new ReasoningGrammar(grammar, reasoning) : grammar,
            Sampling = SupportedChatOptions.ReadSampling(_options),
            Prompt = prompts.Build(_messages, _options, cancellationToken),
            WantsChoices = WantsChoices,
            MaxOutputTokens = _options.MaxOutputTokens,
            StopSequences = [.. StopSequences.Select(Encoding.UTF8.GetBytes)],
            Group = SupportedChatOptions.ReadGroup(_options),
            Priority = SupportedChatOptions.ReadPriority(_options),
            Deadline = SupportedChatOptions.ReadDeadline(_options),
            Stream = stream,
        };

    private ITokenGrammar? CreateGrammar(GrammarCompiler grammars, ToolMarks marks)
    {
        try
        {
            return _options.ResponseFormat is ChatResponseFormatJson format ? grammars.Compile(format.Schema ?? AnyValue).CreateSession()
                : Callable() is { Count: > 0 } tools ? CreateCalls(grammars.Compile(tools), marks)
                : null;
        }
        catch (UnsupportedSchemaException error) when (_options.ResponseFormat is ChatResponseFormatJson)
        {
            throw new RequestRefusedException(
                RequestRefusal.Schema, $"The JSON schema of the response format cannot be honoured: {error.Message}", error);
        }
        catch (UnsupportedSchemaException error)
        {
            throw new RequestRefusedException(RequestRefusal.Schema, $"A tool's schema cannot be honoured: {error.Message}", error);
        }
    }

    /// <summary>The tools that may be called: all, or the one that has to be.</summary>
    private List<(string Name, JsonElement Schema)> Callable()
    {
        var only = (_options.ToolMode as RequiredChatToolMode)?.RequiredFunctionName;
        return [.. (Tools ?? []).OfType<AIFunctionDeclaration>()
            .Where(tool => only is null || tool.Name == only)
            .Select(tool => (tool.Name, tool.JsonSchema.ValueKind == JsonValueKind.Undefined ? NoParameters : tool.JsonSchema))];
    }

    private ToolCallGrammar CreateCalls(CompiledGrammar calls, ToolMarks marks) => new(
        calls, marks, _options.ToolMode is RequiredChatToolMode, _options.AllowMultipleToolCalls is false ? 1 : int.MaxValue);
}
