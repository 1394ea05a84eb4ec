using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Search;

/// <summary>Searches arXiv, at the pace that its terms of use ask for.</summary>
public sealed class ArxivSearchTool : IAgentTool, IDisposable
{
    /// <summary>One request each three seconds, say the terms of use, on one connection.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private const int MaxPapers = 20;
    private const int MaxBytes = 16 * 1024 * 1024;

    private readonly AgentToolOptions _options;
    private readonly IRequestPace _pace;
    private readonly SearchHttp _http;

    /// <summary>Makes the tool.</summary>
    public ArxivSearchTool(IOptions<AgentToolOptions> options, IRequestPace pace, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _pace) = (options.Value, pace);
        _http = new("arXiv", MaxBytes, _options.SearchTimeout, time);
    }

    /// <inheritdoc/>
    public string Name => "arxiv_search";

    /// <inheritdoc/>
    public string Description =>
        "Searches papers on arXiv by words in English, the newest first. Returns titles, addresses, authors, days and abstracts.";

    /// <inheritdoc/>
    public JsonElement Schema { get; } = ToolArguments.Schema(
        """
        {
          "type": "object",
          "properties": {
            "query": { "type": "string", "minLength": 1, "maxLength": 300 },
            "category": { "type": "string", "maxLength": 20 },
            "from": { "type": "string", "maxLength": 10 },
            "to": { "type": "string", "maxLength": 10 },
            "start": { "type": "integer", "minimum": 0, "maximum": 29980 },
            "max": { "type": "integer", "minimum": 1, "maximum": 20 }
          },
          "required": ["query"],
          "additionalProperties": false
        }
        """);

    /// <inheritdoc/>
    public ToolEffect Effect => ToolEffect.Read;

    /// <inheritdoc/>
    public ResultTrust Trust => ResultTrust.Untrusted;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <inheritdoc/>
    public async Task<ToolResult> CallAsync(JsonElement arguments, ToolCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var query = ArxivQuery.Build(
            arguments.RequiredText("query"),
            arguments.Text("category"),
            arguments.Text("from"),
            arguments.Text("to"),
            arguments.Number("start") ?? 0,
            Math.Clamp(arguments.Number("max") ?? 10, 1, MaxPapers));
        var address = new UriBuilder(_options.ArxivUrl) { Query = query }.Uri;
        byte[] body;
        var longest = _options.SearchTimeout + TimeSpan.FromSeconds(10);
        await using (await _pace.EnterAsync("arxiv", Interval, longest, context.Stop).ConfigureAwait(false))
            body = await _http.GetAsync(address, _ => null, context.Stop).ConfigureAwait(false);
        var (papers, pdfs, total) = ArxivFeed.Read(body);
        var remark = papers.Count == 0
            ? "Nothing was found."
            : $"{papers.Count.ToString(CultureInfo.InvariantCulture)} of {Count(total)} papers on arXiv:";
        return FoundItem.List(papers, remark, body.Length, pdfs);
    }

    private static string Count(int? total) => total?.ToString(CultureInfo.InvariantCulture) ?? "many";
}
