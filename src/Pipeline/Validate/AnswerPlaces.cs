using System.Text.Json.Nodes;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>Finds the places of an answer that a rule is about.</summary>
internal static class AnswerPlaces
{
    /// <summary>The objects at a pointer, where <c>*</c> stands for every item, with their own pointers.</summary>
    public static IReadOnlyList<(string Pointer, JsonObject Object)> Find(JsonNode root, string pattern)
    {
        var found = new List<(string Pointer, JsonNode? Node)> { ("", root) };
        foreach (var name in JsonPointer.Names(pattern))
            found = [.. found.SelectMany(place => Step(place.Pointer, place.Node, name))];
        return [.. found.Where(place => place.Node is JsonObject).Select(place => (place.Pointer, place.Node!.AsObject()))];
    }

    /// <summary>A number of an object, or null.</summary>
    public static double? Number(JsonObject node, string? name) =>
        name is not null && node[name] is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;

    private static IEnumerable<(string Pointer, JsonNode? Node)> Step(string pointer, JsonNode? node, string name) => node switch
    {
        JsonArray array when name == "*" => array.Select((item, index) => ($"{pointer}/{index}", item)),
        JsonObject @object => [(JsonPointer.Append(pointer, name), @object[name])],
        _ => [],
    };
}
