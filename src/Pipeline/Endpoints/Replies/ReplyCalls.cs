using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Qwen35Batch.Pipeline.Endpoints.Replies;

/// <summary>The calls of tools in a reply to a request that offered some.</summary>
internal static class ReplyCalls
{
    /// <summary>The calls of a choice, in order; what is no call is passed over.</summary>
    public static IReadOnlyList<FunctionCallContent> Read(JsonElement choice)
    {
        if (ReplyJson.Member(choice, "message") is not { ValueKind: JsonValueKind.Object } message
            || ReplyJson.Member(message, "tool_calls") is not { ValueKind: JsonValueKind.Array } calls)
        {
            return [];
        }

        return [.. calls.EnumerateArray().Select(Call).OfType<FunctionCallContent>()];
    }

    private static FunctionCallContent? Call(JsonElement call, int index)
    {
        if (ReplyJson.Member(call, "function") is not { ValueKind: JsonValueKind.Object } function
            || ReplyJson.Text(function, "name") is not { Length: > 0 } name)
        {
            return null;
        }

        return new(ReplyJson.Text(call, "id") ?? $"call-{index}", name, Arguments(ReplyJson.Member(function, "arguments")));
    }

    // As JSON in a text, as OpenAI writes them, or as an object; whatever else is none, which the tool's schema will say.
    private static Dictionary<string, object?> Arguments(JsonElement? arguments)
    {
        try
        {
            var value = arguments is { ValueKind: JsonValueKind.String } text ? JsonElement.Parse(text.GetString()!) : arguments;
            return value is { ValueKind: JsonValueKind.Object } members
                ? members.EnumerateObject().GroupBy(member => member.Name, StringComparer.Ordinal)
                    .ToDictionary(group => group.Key, group => (object?)group.Last().Value.Clone(), StringComparer.Ordinal)
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
