using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Qwen35Batch.Benchmarks.Reading;

/// <summary>An OpenAI-compatible endpoint that answers at once with the shortest value that the schema of the request allows.</summary>
internal sealed class AnsweringEndpoint : IAsyncDisposable
{
    private readonly WebApplication _server;

    private AnsweringEndpoint(WebApplication server) => _server = server;

    public Uri BaseUrl => new($"{_server.Urls.First()}/v1");

    public static async Task<AnsweringEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        var endpoint = new AnsweringEndpoint(builder.Build());
        endpoint._server.MapGet("/v1/models", () => Results.Json(new { data = new[] { new { id = "answering" } } }));
        endpoint._server.MapPost("/v1/chat/completions", AnswerAsync);
        await endpoint._server.StartAsync();
        return endpoint;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context)
    {
        using var request = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var schema = request.RootElement.GetProperty("response_format").GetProperty("json_schema").GetProperty("schema");
        await context.Response.WriteAsJsonAsync(
            new
            {
                id = "1",
                @object = "chat.completion",
                created = 0,
                model = "answering",
                choices = new[]
                {
                    new
                    {
                        index = 0,
                        message = new { role = "assistant", content = Shortest(schema)?.ToJsonString() ?? "null" },
                        finish_reason = "stop",
                    },
                },
                usage = new { prompt_tokens = 7, completion_tokens = 3, total_tokens = 10 },
            },
            context.RequestAborted);
    }

    private static JsonNode? Shortest(JsonElement schema)
    {
        if (schema.TryGetProperty("const", out var constant))
            return JsonNode.Parse(constant.GetRawText());
        if (schema.TryGetProperty("enum", out var choices))
            return JsonNode.Parse(choices[0].GetRawText());
        foreach (var name in new[] { "anyOf", "oneOf" })
        {
            if (schema.TryGetProperty(name, out var alternatives))
                return alternatives.EnumerateArray().Any(each => Kind(each) == "null") ? null : Shortest(alternatives[0]);
        }

        switch (Kind(schema))
        {
            case "object":
                var value = new JsonObject();
                foreach (var name in schema.TryGetProperty("required", out var required) ? required.EnumerateArray().ToList() : [])
                    value[name.GetString()!] = Shortest(schema.GetProperty("properties").GetProperty(name.GetString()!));
                return value;
            case "array":
                var count = schema.TryGetProperty("minItems", out var least) ? least.GetInt32() : 0;
                return new JsonArray([.. Enumerable.Range(0, count).Select(_ => Shortest(schema.GetProperty("items")))]);
            case "string":
                return new string('x', schema.TryGetProperty("minLength", out var length) ? Math.Max(1, length.GetInt32()) : 1);
            case "number" or "integer":
                return schema.TryGetProperty("minimum", out var minimum) ? JsonNode.Parse(minimum.GetRawText()) : 0;
            case "boolean":
                return false;
            default:
                return null;
        }
    }

    private static string? Kind(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? null
        : type.ValueKind == JsonValueKind.Array ? type[0].GetString() : type.GetString();
}
