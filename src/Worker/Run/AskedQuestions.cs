using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Worker.Files;

namespace Qwen35Batch.Worker.Run;

/// <summary>Shows what the model is asked and what it answers, question by question.</summary>
/// <param name="inner">The model.</param>
/// <param name="output">Where it is shown.</param>
internal sealed class AskedQuestions(IChatClient inner, TextWriter output) : DelegatingChatClient(inner)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _lock = new();
    private int _questions;

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var asked = messages.ToList();
        var response = await base.GetResponseAsync(asked, options, cancellationToken);
        lock (_lock) Show(asked, response);
        return response;
    }

    private void Show(List<ChatMessage> messages, ChatResponse response)
    {
        output.WriteLine($"=== question {++_questions}");
        foreach (var message in messages)
        {
            output.WriteLine($"--- {message.Role}");
            foreach (var content in message.Contents) output.WriteLine(Words(content));
        }

        var usage = response.Usage;
        output.WriteLine(
            $"--- answer: {usage?.InputTokenCount ?? 0} tokens in, {usage?.OutputTokenCount ?? 0} out"
                + (response.FinishReason == ChatFinishReason.Length ? ", cut off at its largest number of tokens" : ""));
        output.WriteLine(Pretty(response.Text));
    }

    private static string Words(AIContent content) => content switch
    {
        TextContent text => Lines(text.Text),
        DataContent media => $"<{media.MediaType}, {media.Data.Length:N0} bytes>",
        _ => $"<{content.GetType().Name}>",
    };

    private static string Pretty(string answer)
    {
        try
        {
            return Lines(JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(answer), Indented));
        }
        catch (JsonException)
        {
            return Lines(answer);
        }
    }

    // Foreign text may not steer the terminal, but its lines stay lines.
    private static string Lines(string text) =>
        string.Join(Environment.NewLine, text.ReplaceLineEndings("\n").Split('\n').Select(Printable.Text));
}
