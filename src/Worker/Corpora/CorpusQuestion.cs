using System.Text.Json;

namespace Qwen35Batch.Worker.Corpora;

/// <summary>A question of a corpus of questions.</summary>
/// <param name="Question">What is asked.</param>
/// <param name="Language">The language of its answer; null for the corpus' own.</param>
internal sealed record CorpusQuestion(string Question, string? Language)
{
    private static readonly string[] Endings = [".txt", ".jsonl"];

    /// <summary>Whether a file holds questions, by its ending.</summary>
    public static bool AreIn(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The questions of a file: a line each, without those that are empty or begin with <c>#</c>; in a file of JSON lines an object with
    /// <c>question</c> and perhaps <c>language</c>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="leaveOut">Told of a line that is none, as the end of a sentence.</param>
    public static IEnumerable<CorpusQuestion> Read(string path, Action<string> leaveOut)
    {
        var isJson = Path.GetExtension(path).Equals(".jsonl", StringComparison.OrdinalIgnoreCase);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || (!isJson && text[0] == '#')) continue;
            if ((isJson ? Parse(text) : new(text, null)) is { } question) yield return question;
            else leaveOut($"line {number} is no JSON object with a text 'question'.");
        }
    }

    private static CorpusQuestion? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Text(document.RootElement, "question") is { } question ? new(question, Text(document.RootElement, "language")) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
