using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Inference.Chat;

/// <summary>Reads what the engine takes from <see cref="ChatOptions"/>. What it cannot honour is refused, not passed over.</summary>
internal static class SupportedChatOptions
{
    public const string Group = "group";
    public const string Priority = "priority";
    public const string Deadline = "deadline";
    public const string MinP = "min_p";
    public const string EnableThinking = "enable_thinking";

    /// <exception cref="RequestRefusedException">An option is set that the engine cannot honour.</exception>
    public static void Check(ChatOptions options, IReadOnlyCollection<string> modelNames)
    {
        RefuseIf(
            options.ConversationId is not null, "ConversationId: the engine keeps no conversations. Send all messages with each request");
        RefuseIf(
            options.ContinuationToken is not null || options.AllowBackgroundResponses is true,
            "background responses: the engine answers while the caller waits");
        RefuseIf(options.RawRepresentationFactory is not null, "RawRepresentationFactory: the engine has no raw requests");
        RefuseIf(options.FrequencyPenalty is not (null or 0), "FrequencyPenalty. Use PresencePenalty");
        RefuseIf(
            options.ToolMode is RequiredChatToolMode && !HasTools(options),
            "a required tool call without tools. Add tools, or use ChatToolMode.Auto");
        RefuseIf(
            options.ToolMode is RequiredChatToolMode { RequiredFunctionName: { } name }
                && options.Tools?.All(tool => tool.Name != name) is true,
            $"a required call of {(options.ToolMode as RequiredChatToolMode)?.RequiredFunctionName}: it is none of the tools");
        RefuseIf(
            options.ModelId is { } model && !modelNames.Contains(model),
            $"the model {options.ModelId}: this engine runs {string.Join(" or ", modelNames)}. Leave ModelId empty, or open another "
                + $"engine");
        RefuseIf(
            options.ResponseFormat is ChatResponseFormatJson && HasTools(options),
            "a JSON response format together with tools. Leave one of them out");
        RefuseIf(
            options.ResponseFormat is ChatResponseFormatJson && options.StopSequences is { Count: > 0 },
            "stop sequences together with a JSON response format: the answer would be cut into invalid JSON. Leave one of them out");
        RefuseIf(options.StopSequences?.Any(string.IsNullOrEmpty) is true, "an empty stop sequence");
        RefuseIf(options.MaxOutputTokens < 1, $"MaxOutputTokens = {options.MaxOutputTokens}: it must be at least 1");
    }

    public static SamplingSettings ReadSampling(ChatOptions options)
    {
        var minP = Number(options, MinP) ?? 0;
        RefuseIf(
            options.Temperature is < 0 or float.NaN or float.PositiveInfinity,
            $"Temperature = {options.Temperature}: it must be 0 or more");
        RefuseIf(options.TopP is <= 0 or > 1 or float.NaN, $"TopP = {options.TopP}: it must be more than 0 and at most 1");
        RefuseIf(options.TopK is < 0, $"TopK = {options.TopK}: it must be at least 1, or 0 for all tokens");
        RefuseIf(minP is < 0 or >= 1 or double.NaN, $"{MinP} = {minP}: it must be at least 0 and less than 1");
        RefuseIf(
            options.PresencePenalty is { } penalty && !float.IsFinite(penalty),
            $"PresencePenalty = {options.PresencePenalty}: it must be a number");

        // Without a temperature the answer is greedy, unless something asks for a choice among several tokens.
        var isSampled = options.TopP is not null || options.TopK is not null || minP > 0;
        return new SamplingSettings
        {
            Temperature = options.Temperature ?? (isSampled ? 1 : 0),
            TopK = options.TopK ?? 0,
            TopP = options.TopP ?? 1,
            MinP = (float)minP,
            PresencePenalty = options.PresencePenalty ?? 0,
            Seed = options.Seed ?? Random.Shared.NextInt64(),
        };
    }

    /// <summary>Whether the model thinks before it answers: <c>enable_thinking</c>, else the reasoning effort, else not.</summary>
    public static bool IsThinking(ChatOptions options) =>
        Flag(options, EnableThinking) ?? options.Reasoning?.Effort is not (null or ReasoningEffort.None);

    /// <summary>Whether the response says how sure the model was of each token.</summary>
    public static bool WantsChoices(ChatOptions options) => Flag(options, TokenChoice.Property) ?? false;

    public static bool HasTools(ChatOptions options) => options.Tools is { Count: > 0 } && options.ToolMode is not NoneChatToolMode;

    public static string ReadGroup(ChatOptions options) => Value(options, Group)?.ToString() ?? "";

    public static int ReadPriority(ChatOptions options) =>
        Number(options, Priority) is { } value ? (int)Math.Clamp(value, int.MinValue, int.MaxValue) : 0;

    public static DateTimeOffset? ReadDeadline(ChatOptions options) => Value(options, Deadline) switch
    {
        null => null,
        DateTimeOffset deadline => deadline,
        var other => throw Refused($"{Deadline} = {other}: it must be a DateTimeOffset"),
    };

    private static double? Number(ChatOptions options, string name) => Value(options, name) switch
    {
        null => null,
        System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.Number } number => number.GetDouble(),
        IConvertible number and not (string or bool or DateTime) => number.ToDouble(System.Globalization.CultureInfo.InvariantCulture),
        var other => throw Refused($"{name} = {other}: it must be a number"),
    };

    private static bool? Flag(ChatOptions options, string name) => Value(options, name) switch
    {
        null => null,
        bool flag => flag,
        System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.True } => true,
        System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.False } => false,
        var other => throw Refused($"{name} = {other}: it must be true or false"),
    };

    private static object? Value(ChatOptions options, string name) =>
        options.AdditionalProperties?.TryGetValue(name, out var value) is true ? value : null;

    private static void RefuseIf(bool isRefused, string what)
    {
        if (isRefused)
        {
            throw Refused(what);
        }
    }

    private static RequestRefusedException Refused(string what) => new(RequestRefusal.Option, $"The engine cannot honour {what}.");
}
