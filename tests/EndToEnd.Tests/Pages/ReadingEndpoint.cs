using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>
/// An OpenAI-compatible endpoint that answers with the labelled values of the text that it is sent; for pictures alone, always the same.
/// </summary>
internal sealed partial class ReadingEndpoint : IAsyncDisposable
{
    /// <summary>What it says of a film of eight seconds to a task that asks for chapters.</summary>
    public const string Film = """
        {"summary":"Shapes.","chapters":[{"start":0,"end":4,"title":"A cross","summary":"It is alone."},
        {"start":4,"end":8,"title":"Two shapes","summary":"A circle is beside it."}],
        "events":[{"time":3,"description":"A circle appears"},{"time":5,"description":"A word appears"}],
        "people":[],"objects":[],"visibleText":[{"time":5,"text":"EXIT"}],"transcript":[]}
        """;

    private readonly WebApplication _server;

    private ReadingEndpoint(WebApplication server) => _server = server;

    public Uri BaseUrl => new($"{_server.Urls.First()}/v1");

    public static async Task<ReadingEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.MapGet("/v1/models", () => Results.Json(new { data = new[] { new { id = "reader" } } }));
        server.MapPost("/v1/chat/completions", async (HttpContext context) =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            var asked = body.RootElement.GetRawText();
            var content = asked.Contains("\"chapters\"", StringComparison.Ordinal) ? Film : Answer(Text(body.RootElement));
            return Results.Json(new
            {
                id = "1",
                @object = "chat.completion",
                created = 0,
                model = "reader",
                choices = new[] { new { index = 0, message = new { role = "assistant", content }, finish_reason = "stop" } },
                usage = new { prompt_tokens = 7, completion_tokens = 3, total_tokens = 10 },
            });
        });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new(server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Answer(string text)
    {
        var values = Value().Matches(text).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim());
        return JsonSerializer.Serialize(new
        {
            number = values.GetValueOrDefault("Number", "V-0001"),
            city = values.GetValueOrDefault("City", "Malmo"),
            total = double.Parse(values.GetValueOrDefault("Total", "1"), CultureInfo.InvariantCulture),
        });
    }

    private static string Text(JsonElement body) => string.Join('\n', Strings(body.GetProperty("messages")));

    private static IEnumerable<string> Strings(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Strings(member.Value)),
        _ => [],
    };

    [GeneratedRegex(@"^[ |]*(Number|City|Total): ([^|\n]+)", RegexOptions.Multiline)]
    private static partial Regex Value();
}
