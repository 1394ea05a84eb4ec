using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Worker.Tests.Agents;

/// <summary>
/// Stands for a model behind an endpoint that can plan: it searches arXiv, reads the first paper, and writes down in Japanese what it
/// noted. It has no memory beside what it is sent.
/// </summary>
/// <param name="paper">The address of the first paper.</param>
internal sealed partial class ResearchModel(string paper)
{
    public const string Fact = "The router sends each token to 2 of 64 experts.";
    public const string Claim = "ルーターは各トークンを64個の専門家（エキスパート）のうち2個に送る。";

    /// <summary>What was asked for, one word a request.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Awaited before an answer, given what is asked for.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    public async Task<object> AnswerAsync(JsonElement request)
    {
        var text = Text(request.GetProperty("messages").EnumerateArray().Last().GetProperty("content"));
        var role = request.TryGetProperty("tools", out _) ? "act" : Role(request);
        Asked.Enqueue(role);
        await Before(role);
        return role == "act" ? Act(text) : new { role = "assistant", content = JsonSerializer.Serialize(Answer(role, text)) };
    }

    private object Act(string text)
    {
        if (!text.Contains("\narxiv_search {", StringComparison.Ordinal))
            return Call("arxiv_search", new { query = "mixture of experts", max = 3 });
        return text.Contains("\nread_page {", StringComparison.Ordinal)
            ? new { role = "assistant", content = "enough" }
            : Call("read_page", new { url = paper });
    }

    private static object Answer(string role, string text) => role switch
    {
        "plan" => new { plan = new[] { "arXiv で探す", "論文を読む", "日本語でまとめる" } },
        "notes" => new
        {
            notes = text.Contains(Fact, StringComparison.Ordinal) ? [new { claim = Claim, quote = Fact }] : Array.Empty<object>(),
        },
        "sections" => new
        {
            title = "専門家混合モデルの調査",
            sections = new[]
            {
                new
                {
                    heading = "仕組み",
                    paragraphs = Note().Matches(text)
                        .Select(note => new { text = Claim, notes = new[] { note.Groups[1].Value } })
                        .ToArray(),
                },
            },
        },
        _ => throw new InvalidOperationException($"Nothing was to be asked again: {text}"),
    };

    private static object Call(string tool, object arguments) => new
    {
        role = "assistant",
        content = (string?)null,
        tool_calls = new[]
        {
            new { id = "call-1", type = "function", function = new { name = tool, arguments = JsonSerializer.Serialize(arguments) } },
        },
    };

    private static string Role(JsonElement request) =>
        request.GetProperty("response_format").GetProperty("json_schema").GetProperty("schema").GetProperty("properties").EnumerateObject()
            .Select(property => property.Name)
            .First(name => name is "plan" or "notes" or "sections" or "paragraphs");

    private static string Text(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? content.GetString()!
        : string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()));

    [GeneratedRegex(@"^(n\d+) \(source", RegexOptions.Multiline)]
    private static partial Regex Note();
}
