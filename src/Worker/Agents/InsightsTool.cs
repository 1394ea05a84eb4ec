using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Searching;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Worker.Agents;

/// <summary>
/// <c>insights</c>: what this worker has read before, by a typed filter. The rows are this program's; the texts in them are of the media,
/// and so foreign.
/// </summary>
internal sealed class InsightsTool(ReadingLedger ledger, TimeProvider time) : IAgentTool
{
    private const int Most = 50;
    private const int LongestInsight = 4_000;

    public string Name => "insights";

    public string Description => "Searches the insights that are stored here, by task, source and words.";

    public JsonElement Schema { get; } = JsonDocument.Parse("""
        {
          "type": "object",
          "properties": {
            "task": { "type": "string", "maxLength": 100, "description": "Only insights of this task." },
            "source": { "type": "string", "maxLength": 300, "description": "Only of sources whose name contains this." },
            "words": { "type": "string", "maxLength": 300, "description": "Words that all stand in the insight, or \"phrases\"." },
            "rows": { "type": "integer", "minimum": 1, "maximum": 50 }
          },
          "additionalProperties": false
        }
        """).RootElement.Clone();

    public ToolEffect Effect => ToolEffect.Read;

    public ResultTrust Trust => ResultTrust.Untrusted;

    public bool HasOwnData => true;

    public async Task<ToolResult> CallAsync(JsonElement arguments, ToolCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var filter = new InsightFilter
        {
            Jobs = new() { Task = Text(arguments, "task"), SourceContains = Text(arguments, "source") },
            Query = Query(Text(arguments, "words")),
        };
        var rows = arguments.TryGetProperty("rows", out var count) ? count.GetInt32() : Most;
        var page = await ledger.ListInsightsAsync(filter, rows, null, context.Stop);
        var text = new StringBuilder($"{page.Insights.Count.ToString(CultureInfo.InvariantCulture)} insights:");
        var addresses = new List<SeenAddress>();
        foreach (var (insight, _) in page.Insights)
        {
            var address = new Uri($"urn:qwen35batch:insight:{insight.Id.ToString(CultureInfo.InvariantCulture)}");
            addresses.Add(new(address, insight.Record.Source));
            var json = (insight.Reviewed ?? insight.Record.Insight).GetRawText();
            text.Append("\n\n").Append(insight.Record.Source.ReplaceLineEndings(" ")).Append('\n').Append(address.AbsoluteUri).Append('\n')
                .Append(json.Length <= LongestInsight ? json : json[..LongestInsight]);
        }

        return new(text.ToString()) { Addresses = addresses, Source = page.Insights.Count == 0 ? Empty(text.ToString()) : null };
    }

    private ReadSource Empty(string text) => new(
        new Uri("urn:qwen35batch:insights"),
        null,
        time.GetUtcNow(),
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));

    private static SearchQuery? Query(string? words)
    {
        if (words is null) return null;
        try
        {
            return SearchQuery.Read(words);
        }
        catch (FormatException problem)
        {
            throw new ToolFailedException(problem.Message, problem);
        }
    }

    private static string? Text(JsonElement arguments, string name) =>
        arguments.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } text ? text : null;
}
