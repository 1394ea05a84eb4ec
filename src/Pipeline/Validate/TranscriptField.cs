using System.Text.Json.Nodes;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>Puts the transcript into the answer's place for it, as the endpoint heard it and within what the schema allows.</summary>
internal static class TranscriptField
{
    public static void Fill(JsonNode answer, TaskQuestion question, Transcript? transcript, List<string> notes)
    {
        if (question.Transcript is not { } pointer) return;
        var names = JsonPointer.Names(pointer).ToList();
        var parent = names.SkipLast(1).Aggregate((JsonNode?)answer, (node, name) => node?[name]);
        if (parent is not JsonObject holder || !holder.ContainsKey(names[^1])) return;
        var (items, characters) = Limits(question.Checks, names);
        var spans = transcript?.Spans ?? [];
        if (spans.Count > items) notes.Add($"Of the transcript's {spans.Count} spans, the first {items} are kept.");
        holder[names[^1]] = new JsonArray([.. spans.Take(items).Select(span => new JsonObject
        {
            ["start"] = span.Start,
            ["end"] = span.End,
            ["text"] = span.Text.Length <= characters ? AsStored(span.Text) : Prompts.Cut(AsStored(span.Text), characters - 1),
        })]);
    }

    private static string AsStored(string text) => text.Replace('\0', '\uFFFD');

    private static (int Items, int Characters) Limits(JsonSchema schema, List<string> names)
    {
        var array = names.Aggregate((Schema?)schema.Root, (node, name) => node?.Referred.Property(name))?.Referred;
        var text = array?.Items?.Referred.Property("text")?.Referred;
        return (array?.MaxItems ?? int.MaxValue, text?.MaxLength ?? int.MaxValue);
    }
}
