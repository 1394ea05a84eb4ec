using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>Puts the names of an answer in the form of the user's own lists, and says which they are.</summary>
internal static class NameLinks
{
    /// <summary>
    /// The answer with labels in the place of aliases, and of what an endpoint wrote a little otherwise. What is in no list stays.
    /// </summary>
    public static JsonElement Settle(JsonElement answer, TaskQuestion question, List<string> notes)
    {
        JsonNode? settled = null;
        foreach (var (pointer, text, rule) in question.Checks.NamedTexts(answer).ToList())
        {
            if (rule.Current.FindAlike(text) is not { } entry || entry.Label == text) continue;
            settled ??= JsonNode.Parse(answer.GetRawText())!;
            Put(settled, pointer, entry.Label);
            notes.Add($"'{text}' at '{pointer}' is '{entry.Label}' in the list '{rule.Name}'.");
        }

        return settled is null ? answer : JsonSerializer.SerializeToElement(settled);
    }

    /// <summary>The names of a valid insight; null when its schema has none.</summary>
    public static IReadOnlyList<LinkedName>? Find(JsonElement insight, TaskQuestion question)
    {
        List<LinkedName> found = [];
        foreach (var (pointer, text, rule) in question.Checks.NamedTexts(insight))
        {
            var list = rule.Current;
            if (list.Find(text) is { } entry) found.Add(new(pointer, rule.Name, entry.Key, list.Hash));
            else if (list.IsOpen) found.Add(new(pointer, rule.Name, null, list.Hash));
        }

        return found.Count == 0 ? null : found;
    }

    private static void Put(JsonNode root, string pointer, string text)
    {
        var names = JsonPointer.Names(pointer).ToList();
        var node = root;
        foreach (var name in names[..^1])
            node = node is JsonArray items ? items[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : node[name]!;
        if (node is JsonArray array) array[int.Parse(names[^1], System.Globalization.CultureInfo.InvariantCulture)] = text;
        else node[names[^1]] = text;
    }
}
