using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>
/// An OpenAI-compatible endpoint that plans: it searches, reads the paper that was found and writes of it; with the paper and the search
/// beside it.
/// </summary>
internal sealed partial class PlanningEndpoint : IAsyncDisposable
{
    public const string Fact = "The router sends each token to 2 of 64 experts.";
    public const string Claim = "ルーターは各トークンを64個の専門家（エキスパート）のうち2個に送る。";

    private readonly WebApplication _server;
    private int _readings;

    private PlanningEndpoint(WebApplication server) => _server = server;

    public string Address => _server.Urls.First();

    /// <summary>How often the paper was asked for.</summary>
    public int Readings => Volatile.Read(ref _readings);

    private string Paper => $"{Address}/paper";

    public static async Task<PlanningEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var endpoint = new PlanningEndpoint(server);
        server.MapGet("/query", () => Results.Text(endpoint.Feed(), "application/atom+xml"));
        server.MapGet("/paper", () =>
        {
            Interlocked.Increment(ref endpoint._readings);
            return Results.Text(
                $"<!DOCTYPE html><html><head><title>Sparse experts</title></head><body><p>{Fact}</p></body></html>", "text/html");
        });
        server.MapGet("/v1/models", () => Results.Json(new { data = new[] { new { id = "planner" } } }));
        server.MapPost("/v1/chat/completions", async (HttpContext context) =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            return Results.Json(new
            {
                id = "1",
                @object = "chat.completion",
                created = 0,
                model = "planner",
                choices = new[] { new { index = 0, message = endpoint.Answer(body.RootElement), finish_reason = "stop" } },
                usage = new { prompt_tokens = 7, completion_tokens = 3, total_tokens = 10 },
            });
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return endpoint;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private object Answer(JsonElement request)
    {
        var content = request.GetProperty("messages").EnumerateArray().Last().GetProperty("content");
        var text = content.ValueKind == JsonValueKind.String
            ? content.GetString()!
            : string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()));
        if (request.TryGetProperty("tools", out _)) return Act(text);
        var schema = request.GetProperty("response_format").GetProperty("json_schema").GetProperty("schema").GetRawText();
        return new { role = "assistant", content = JsonSerializer.Serialize(Written(schema, text)) };
    }

    private object Act(string text)
    {
        if (!text.Contains("\narxiv_search {", StringComparison.Ordinal)) return Call("arxiv_search", new { query = "experts", max = 3 });
        return text.Contains("\nread_page {", StringComparison.Ordinal)
            ? new { role = "assistant", content = "enough" }
            : Call("read_page", new { url = Paper });
    }

    private static object Written(string schema, string text)
    {
        if (schema.Contains("\"plan\"", StringComparison.Ordinal)) return new { plan = new[] { "search", "read", "write" } };
        if (schema.Contains("\"sections\"", StringComparison.Ordinal))
        {
            var paragraphs = Note().Matches(text).Select(note => new { text = Claim, notes = new[] { note.Groups[1].Value } }).ToArray();
            return new { title = "専門家混合", sections = new[] { new { heading = "仕組み", paragraphs } } };
        }

        return new
        {
            notes = text.Contains(Fact, StringComparison.Ordinal) ? [new { claim = Claim, quote = Fact }] : Array.Empty<object>(),
        };
    }

    private static object Call(string tool, object arguments) => new
    {
        role = "assistant",
        content = (string?)null,
        tool_calls = new[]
        {
            new { id = "call-1", type = "function", function = new { name = tool, arguments = JsonSerializer.Serialize(arguments) } },
        },
    };

    private string Feed() => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
          <opensearch:totalResults>1</opensearch:totalResults>
          <entry>
            <id>{Paper}</id><title>Sparse experts</title><summary>Experts are chosen for each token.</summary>
            <published>2026-01-02T00:00:00Z</published><updated>2026-01-02T00:00:00Z</updated>
            <author><name>A. Author</name></author><link href="{Paper}" rel="alternate" type="text/html"/>
          </entry>
        </feed>
        """;

    [GeneratedRegex(@"^(n\d+) \(source", RegexOptions.Multiline)]
    private static partial Regex Note();
}
