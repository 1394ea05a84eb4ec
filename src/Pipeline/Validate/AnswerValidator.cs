using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Endpoints.Replies;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>Decides whether an answer is an insight: strict JSON, valid against the task's schema, about what was sent.</summary>
internal static class AnswerValidator
{
    private const int MostViolations = 5;

    public static Verdict Check(PreparedRequest request, ModelAnswer answer)
    {
        JsonElement parsed;
        try
        {
            parsed = AnswerParser.Parse(answer.Text);
        }
        catch (JsonException broken)
        {
            return new Verdict.Invalid(answer.Truncated
                ? "It was cut off before its end. Write a shorter answer: fewer items, shorter texts."
                : $"It is not the JSON that was asked for: {broken.Message}{Beginning(answer.Text)}");
        }

        var notes = new List<string>();
        IReadOnlyList<(string, Box)> boxes = [];
        if (request.Question.Boxes is not null)
        {
            var claimed = JsonNode.Parse(parsed.GetRawText())!;
            boxes = ClaimedBoxes.Take(claimed, request.Question, notes);
            parsed = JsonSerializer.SerializeToElement(claimed);
        }

        var schema = request.Question.Checks;
        parsed = NameLinks.Settle(parsed, request.Question, notes);
        var violations = schema.Validate(parsed).Take(MostViolations).Select(violation => $"Wrong {violation}").ToList();
        if (violations.Count > 0) return new Verdict.Invalid(string.Join(' ', violations));

        var insight = JsonNode.Parse(parsed.GetRawText())!;
        if (answer.Note is { } note) notes.Add(note);
        var problems = AnswerTimes.Check(insight, request.Question, request.Evidence, notes).Take(MostViolations).ToList();
        if (problems.Count > 0) return new Verdict.Invalid(string.Join(' ', problems));
        TranscriptField.Fill(insight, request.Question, request.Evidence.Transcript, notes);

        // What was put in its place or in order has to be as valid as the rest.
        var result = JsonSerializer.SerializeToElement(insight);
        var last = schema.Validate(result);
        return last.Count == 0 ? new Verdict.Valid(result, notes) { Boxes = boxes } : new Verdict.Invalid($"Wrong {last[0]}");
    }

    private static string Beginning(string text) => string.IsNullOrWhiteSpace(text) ? "" : $" It began: {ReplyText.Excerpt(text, 200)}";
}
