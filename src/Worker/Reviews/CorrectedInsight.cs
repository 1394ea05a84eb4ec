using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Schemas;
using Qwen35Batch.Worker.Confidence;

namespace Qwen35Batch.Worker.Reviews;

/// <summary>An insight with what a reviewer says of its fields.</summary>
internal static class CorrectedInsight
{
    private const int MostProblems = 20;
    private const string NoSuchField = "There is no such field in the insight.";

    /// <summary>Applies what is said, in its order; what is rejected last, for it may move what stands behind it.</summary>
    /// <returns>The corrected whole; it is valid against the schema when there is no problem.</returns>
    public static (JsonElement Whole, IReadOnlyList<FieldProblem> Problems) Apply(
        JsonElement insight, IReadOnlyList<FieldReview> fields, JsonSchema schema)
    {
        var root = JsonNode.Parse(insight.GetRawText())!;
        var problems = new List<FieldProblem>();
        foreach (var field in fields.Where(field => field.Verdict != ReviewVerdict.Rejected))
            if (Set(root, field) is { } problem) problems.Add(new(field.Pointer, problem));
        foreach (var field in fields.Where(field => field.Verdict == ReviewVerdict.Rejected).Reverse())
        {
            if (Find(root, field.Pointer) is not { } place)
                problems.Add(new(field.Pointer, NoSuchField));
            else
                root = WithoutIfValid(root, place.Names, schema);
        }

        var whole = JsonSerializer.SerializeToElement(root);
        if (problems.Count == 0)
        {
            problems.AddRange(schema.Validate(whole)
                .Take(MostProblems)
                .Select(violation => new FieldProblem(violation.Pointer, violation.Problem)));
        }

        return (whole, problems);
    }

    private static string? Set(JsonNode root, FieldReview field)
    {
        var names = FieldPointer.Names(field.Pointer);
        if (names.Length == 0 || !field.Pointer.StartsWith('/'))
            return "It takes a JSON pointer to a field, such as /title or /items/0/name.";
        if (field.Verdict == ReviewVerdict.Accepted)
        {
            if (field.Value is not null) return "What is accepted takes no value; a value makes it 'corrected'.";
            return Find(root, field.Pointer) is null ? NoSuchField : null;
        }

        if (field.Value is not { } value) return $"What is {Word(field.Verdict)} takes the right value.";

        var node = JsonSerializer.SerializeToNode(value);
        switch (Parent(root, names), field.Verdict)
        {
            case (JsonObject parent, ReviewVerdict.Corrected) when parent.ContainsKey(names[^1]):
            case (JsonObject missing, ReviewVerdict.Missing) when !missing.ContainsKey(names[^1]):
                Parent(root, names)![names[^1]] = node;
                return null;
            case (JsonArray items, ReviewVerdict.Corrected) when Index(items, names[^1]) is { } at:
                items[at] = node;
                return null;
            case (JsonArray items, ReviewVerdict.Missing) when names[^1] == "-" || names[^1] == $"{items.Count}":
                items.Add(node);
                return null;
            default:
                return field.Verdict == ReviewVerdict.Corrected
                    ? "There is no such field in the insight: to add one, say 'missing'."
                    : "It is there already, or nothing holds it: say 'corrected', or add what holds it; an item of a list ends in /-.";
        }
    }

    // Taken out where the schema allows it, else null; what it wants stays, and the review says that it is wrong.
    private static JsonNode WithoutIfValid(JsonNode root, string[] names, JsonSchema schema)
    {
        var without = root.DeepClone();
        if (Parent(without, names) is JsonObject members)
            members.Remove(names[^1]);
        else if (Parent(without, names) is JsonArray items && Index(items, names[^1]) is { } at)
            items.RemoveAt(at);
        if (IsValid(without, schema)) return without;

        var emptied = root.DeepClone();
        if (Parent(emptied, names) is JsonArray list && Index(list, names[^1]) is { } place)
            list[place] = null;
        else
            Parent(emptied, names)![names[^1]] = null;
        return IsValid(emptied, schema) ? emptied : root;
    }

    private static bool IsValid(JsonNode node, JsonSchema schema) => schema.Validate(JsonSerializer.SerializeToElement(node)).Count == 0;

    private static (JsonNode Parent, string[] Names)? Find(JsonNode root, string pointer)
    {
        var names = FieldPointer.Names(pointer);
        return names.Length > 0 && Parent(root, names) is { } parent && parent switch
        {
            JsonObject members => members.ContainsKey(names[^1]),
            JsonArray items => Index(items, names[^1]) is not null,
            _ => false,
        }
            ? (parent, names)
            : null;
    }

    private static JsonNode? Parent(JsonNode root, string[] names) => names.SkipLast(1).Aggregate((JsonNode?)root, Member);

    private static JsonNode? Member(JsonNode? node, string name) => node switch
    {
        JsonObject members => members[name],
        JsonArray items when Index(items, name) is { } at => items[at],
        _ => null,
    };

    private static int? Index(JsonArray items, string name) =>
        int.TryParse(name, out var index) && index >= 0 && index < items.Count && name == $"{index}" ? index : null;

    private static string Word(ReviewVerdict verdict) => verdict == ReviewVerdict.Corrected ? "corrected" : "missing";
}
