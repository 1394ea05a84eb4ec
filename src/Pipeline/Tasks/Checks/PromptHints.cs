using System.Text.Json;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Tasks.Checks;

/// <summary>Finds words in braces that a prompt's author most likely meant to be replaced, and that are not.</summary>
internal static partial class PromptHints
{
    private static readonly string[] OfMedia = ["{language}", "{goal}"];
    private static readonly string[] OfAgents = ["{language}"];

    /// <param name="prompt">The prompt: a text, or the lines of one.</param>
    /// <param name="pointer">Where it stands.</param>
    /// <param name="isOfAgent">Whether it is an agent's.</param>
    public static IEnumerable<string> Of(JsonElement prompt, string pointer, bool isOfAgent)
    {
        var known = isOfAgent ? OfAgents : OfMedia;
        var lines = prompt.ValueKind == JsonValueKind.Array
            ? prompt.EnumerateArray().Select((line, i) => (Line: line, At: $"{pointer}/{i}"))
            : [(Line: prompt, At: pointer)];
        return
        [
            .. lines
                .Where(line => line.Line.ValueKind == JsonValueKind.String)
                .SelectMany(line => Braced().Matches(line.Line.GetString()!)
                    .Select(match => match.Value)
                    .Except(known)
                    .Select(word => $"{line.At}: nothing stands for '{word}', which is sent as it is; what is replaced is "
                        + $"{string.Join(" and ", known.Select(name => $"'{name}'"))}."))
        ];
    }

    // One or two braces, a dollar before them, as templates of other programs have them.
    [GeneratedRegex(@"\$?\{\{?\s*[A-Za-z_][A-Za-z0-9_.\-]*\s*\}?\}")]
    private static partial Regex Braced();
}
