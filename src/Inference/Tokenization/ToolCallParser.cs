using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>
/// Reads calls in the form that the chat template teaches: <c>&lt;tool_call&gt;</c>, <c>&lt;function=…&gt;</c>, <c>&lt;parameter=…&gt;</c>.
/// </summary>
internal static partial class ToolCallParser
{
    /// <summary>Takes the complete calls out of a text.</summary>
    /// <param name="text">The answer.</param>
    /// <param name="tools">An argument is a string unless its tool's schema gives it another type.</param>
    public static (string Text, IReadOnlyList<FunctionCallContent> Calls) Parse(string text, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        var calls = new List<FunctionCallContent>();
        var rest = new StringBuilder();
        var end = 0;
        foreach (Match match in Call().Matches(text))
        {
            rest.Append(text, end, match.Index - end);
            end = match.Index + match.Length;
            var name = match.Groups["name"].Value.Trim();
            var schema = tools.FirstOrDefault(t => t.Name == name)?.JsonSchema;
            var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (Match parameter in Parameter().Matches(match.Groups["body"].Value))
            {
                var key = parameter.Groups["name"].Value.Trim();
                arguments[key] = Value(parameter.Groups["value"].Value, Types(schema, key));
            }

            calls.Add(new($"call_{Guid.NewGuid():N}", name, arguments));
        }

        rest.Append(text, end, text.Length - end);
        return (rest.ToString().Trim(), calls);
    }

    private static HashSet<string> Types(JsonElement? schema, string parameter)
    {
        if (schema is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("properties", out var properties)
            || properties.ValueKind != JsonValueKind.Object || !properties.TryGetProperty(parameter, out var property)
            || property.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        if (!property.TryGetProperty("type", out var type))
            return ToolParameter.IsText(root, parameter) ? [] : ["json"];
        return type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.ToString())] : [type.ToString()];
    }

    private static object? Value(string text, HashSet<string> types)
    {
        if (types.Contains("null") && text.Trim() is "null" or "None")
            return null;
        if (types.Count == 0 || types.Contains("string"))
            return text;
        var json = text.Trim() switch
        {
            "True" => "true",
            "False" => "false",
            "None" => "null",
            var other => other,
        };
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // What the tool then says about a wrong argument helps the model more than a refusal here.
            return text;
        }
    }

    [GeneratedRegex(@"<tool_call>\s*<function=(?<name>[^>\n]+)>(?<body>.*?)</function>\s*</tool_call>", RegexOptions.Singleline)]
    private static partial Regex Call();

    [GeneratedRegex(@"<parameter=(?<name>[^>\n]+)>\n?(?<value>.*?)\n?</parameter>", RegexOptions.Singleline)]
    private static partial Regex Parameter();
}
