using System.Globalization;
using System.Text.Json.Nodes;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>Takes the boxes that the model claims out of an answer, which then is what the task's schema says.</summary>
internal static class ClaimedBoxes
{
    /// <summary>Takes them out.</summary>
    /// <param name="answer">The answer; it is changed.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="notes">Gets a note when there are boxes that are none.</param>
    /// <returns>The boxes, by the pointers of their objects.</returns>
    public static IReadOnlyList<(string Pointer, Box Box)> Take(JsonNode answer, TaskQuestion question, List<string> notes)
    {
        if (question.Boxes is null)
            return [];
        var boxes = new List<(string, Box)>();
        var broken = 0;
        Walk(answer, "");
        if (broken > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{broken} of the model's boxes have no extent or lie outside of the picture, and were left out."));
        }

        return boxes;

        void Walk(JsonNode? node, string pointer)
        {
            if (node is JsonArray items)
            {
                for (var index = 0; index < items.Count; index++)
                    Walk(items[index], JsonPointer.Append(pointer, index.ToString(CultureInfo.InvariantCulture)));
            }

            if (node is not JsonObject members)
                return;
            if (members.TryGetPropertyValue(question.BoxName, out var claimed))
            {
                members.Remove(question.BoxName);
                if (Read(claimed) is { } box)
                    boxes.Add((pointer, box));
                else
                    broken++;
            }

            foreach (var (name, member) in members)
                Walk(member, JsonPointer.Append(pointer, name));
        }
    }

    private static Box? Read(JsonNode? claimed)
    {
        if (claimed is not JsonArray { Count: 4 } array)
            return null;
        var edges = array.Select(edge => edge is JsonValue value && value.TryGetValue<double>(out var number) ? number : -1).ToList();
        return edges.All(edge => edge is >= 0 and <= ModelBoxes.Edge) && edges[0] < edges[2] && edges[1] < edges[3]
            ? new(
                edges[0] / ModelBoxes.Edge,
                edges[1] / ModelBoxes.Edge,
                (edges[2] - edges[0]) / ModelBoxes.Edge,
                (edges[3] - edges[1]) / ModelBoxes.Edge)
            : null;
    }
}
