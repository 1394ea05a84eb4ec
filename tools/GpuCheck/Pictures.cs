using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.GpuCheck;

/// <summary>Many pictures at once through the engine, and how much of the time it had work.</summary>
internal static class Pictures
{
    /// <param name="checkpoint">The bundled model.</param>
    /// <param name="task">The file of a task, of which the prompt and the schema are used.</param>
    /// <param name="longest">Tokens of an answer, at most.</param>
    public static async Task<object> RunAsync(
        string checkpoint, string task, int slots, int longest, IReadOnlyList<string> files, ExecutionProviderOptions execution)
    {
        var options = new EngineOptions
        {
            ModelFolder = checkpoint,
            Slots = slots,
            MaxSequenceTokens = 2048,
            QueueCapacity = 2 * slots,
            ExecutionProvider = execution.Provider,
            RuntimeLibrary = execution.RuntimeLibrary,
            Device = execution.Device,
        };
        await using var engine = await Qwen35Engine.OpenAsync(options, null, NullLoggerFactory.Instance);
        using var read = JsonDocument.Parse(await File.ReadAllTextAsync(task));
        var prompt = string.Join('\n', read.RootElement.GetProperty("prompt").EnumerateArray().Select(line => line.GetString()))
            .Replace("{language}", "en", StringComparison.Ordinal);
        var chat = new ChatOptions
        {
            MaxOutputTokens = longest,
            ResponseFormat = ChatResponseFormat.ForJsonSchema(read.RootElement.GetProperty("schema").Clone(), "answer"),
        };

        // Shaders are compiled by the first.
        await AskAsync(files[0]);
        var (before, start) = (engine.Statistics, TimeProvider.System.GetTimestamp());
        var answers = await Task.WhenAll(files.Skip(1).Select(AskAsync));
        var (after, seconds) = (engine.Statistics, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        return new
        {
            Pictures = answers.Length,
            Slots = slots,
            Seconds = Math.Round(seconds, 1),
            BusyPercent = Math.Round(100 * (after.Busy - before.Busy).TotalSeconds / seconds, 1),
            PromptTokens = answers.Sum(answer => answer.Usage?.InputTokenCount ?? 0),
            AnswerTokens = answers.Sum(answer => answer.Usage?.OutputTokenCount ?? 0),
        };

        async Task<ChatResponse> AskAsync(string file)
        {
            var picture = new DataContent(await File.ReadAllBytesAsync(file), "image/jpeg");
            var message = new ChatMessage(ChatRole.User, [picture, new TextContent(prompt)]);
            return await engine.ChatClient.GetResponseAsync(message, chat);
        }
    }
}
