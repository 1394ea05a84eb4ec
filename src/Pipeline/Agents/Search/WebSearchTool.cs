using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Search;

/// <summary>Searches the web by a SearXNG server of the user's own.</summary>
public sealed class WebSearchTool : IAgentTool, IDisposable
{
    private const int MaxResults = 10;
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly Uri? _server;
    private readonly SearchHttp _http;

    /// <summary>Makes the tool; without <see cref="AgentToolOptions.SearchUrl"/> its calls fail.</summary>
    public WebSearchTool(IOptions<AgentToolOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _server = options.Value.SearchUrl;
        _http = new("The SearXNG server", MaxBytes, options.Value.SearchTimeout, time);
    }

    /// <inheritdoc/>
    public string Name => "web_search";

    /// <inheritdoc/>
    public string Description => "Searches the web. Returns titles, addresses and short extracts.";

    /// <inheritdoc/>
    public JsonElement Schema { get; } = ToolArguments.Schema(
        """
        {
          "type": "object",
          "properties": {
            "query": { "type": "string", "minLength": 1, "maxLength": 300 },
            "count": { "type": "integer", "minimum": 1, "maximum": 10 }
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
        if (_server is null) throw new ToolFailedException("There is no web search here: Agent:SearchUrl names no SearXNG server.");
        var query = arguments.RequiredText("query");
        var count = Math.Clamp(arguments.Number("count") ?? MaxResults, 1, MaxResults);
        var address = new Uri(
            $"{_server.AbsoluteUri.TrimEnd('/')}/search?q={Uri.EscapeDataString(query)}&format=json"
                + $"&language={Uri.EscapeDataString(context.Language)}&pageno=1");
        var body = await _http.GetAsync(address, Explain, context.Stop).ConfigureAwait(false);
        var items = Read(body).DistinctBy(item => item.Address).Take(count).ToList();
        var remark = items.Count == 0
            ? "Nothing was found."
            : $"{items.Count.ToString(CultureInfo.InvariantCulture)} results:";
        return FoundItem.List(items, remark, body.Length);
    }

    private static string? Explain(int status) => status == 403
        ? "the SearXNG server has json switched off: add `json` to `search.formats`"
        : null;

    private static List<FoundItem> Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new() { MaxDepth = 32 });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("results", out var results)
                || results.ValueKind != JsonValueKind.Array)
            {
                throw new ToolFailedException("The SearXNG server answered without results: check that Agent:SearchUrl names one.");
            }

            return
            [
                .. results.EnumerateArray()
                    .Where(result => result.ValueKind == JsonValueKind.Object)
                    .Select(result => FoundItem.WebAddress(result.Text("url")) is { } address
                        ? new FoundItem(address, result.Text("title") ?? "", result.Text("content") ?? "")
                        : null)
                    .OfType<FoundItem>()
            ];
        }
        catch (JsonException invalid)
        {
            throw new ToolFailedException("The SearXNG server did not answer with JSON: check that Agent:SearchUrl names one.", invalid);
        }
    }
}
