using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Gpu.Tests.Batching;

[Collection<OneGpu>]
public sealed class BundledModelTests(GpuMachine machine) : IDisposable
{
    private static readonly JsonElement Form = JsonElement.Parse(
        """
        {
          "type": "object",
          "properties": {
            "kind": { "enum": ["picture", "document"] },
            "what_can_be_seen_in_it": { "type": "string", "minLength": 1, "maxLength": 600 }
          },
          "required": ["kind", "what_can_be_seen_in_it"],
          "additionalProperties": false
        }
        """);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_bundled_model_says_of_a_picture_what_it_says_on_the_cpu_and_text_that_is_no_choice_is_fed_in_one_run()
    {
        var execution = machine.Execution();

        var (onGpu, gpu) = await AskAsync(execution.Provider, execution.RuntimeLibrary);
        var (onCpu, cpu) = await AskAsync("Cpu", execution.RuntimeLibrary);

        TestContext.Current.TestOutputHelper!.WriteLine($"{onGpu.Text} {onGpu.Usage!.OutputTokenCount} {gpu}");
        Assert.Equal(onCpu.Text, onGpu.Text);
        Assert.Equal(onCpu.Usage!.InputTokenCount, onGpu.Usage!.InputTokenCount);
        Assert.Matches("""^\{"kind":"(picture|document)","what_can_be_seen_in_it":"\w""", onGpu.Text);

        // Behind the prompt with the answer's beginning, the second name is fed as a prompt is.
        Assert.InRange(gpu.PrefilledTokens - onGpu.Usage.InputTokenCount!.Value, 8, 40);
        Assert.Equal((cpu.PrefilledTokens, cpu.DecodedTokens), (gpu.PrefilledTokens, gpu.DecodedTokens));
    }

    private async Task<(ChatResponse Response, EngineStatistics Statistics)> AskAsync(string provider, string? library)
    {
        var options = new EngineOptions
        {
            ModelFolder = GpuModels.Checkpoint("nano"),
            CacheFolder = _folder.FolderPath,
            Slots = 1,
            MaxSequenceTokens = 512,
            ExecutionProvider = provider,
            RuntimeLibrary = library,
        };
        await using var engine = await Qwen35Engine.OpenAsync(
            options, null, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        var picture = await File.ReadAllBytesAsync(GpuModels.Checkpoint("shapes.jpg"), TestContext.Current.CancellationToken);
        ChatMessage[] messages =
        [
            new(ChatRole.System, "You describe media for a catalogue that people search."),
            new(ChatRole.User, [new DataContent(picture, "image/jpeg"), new TextContent("- summary: what it is.")]),
        ];
        var response = await engine.ChatClient.GetResponseAsync(
            messages,
            new ChatOptions { MaxOutputTokens = 48, ResponseFormat = ChatResponseFormat.ForJsonSchema(Form, "answer") },
            TestContext.Current.CancellationToken);
        return (response, engine.Statistics);
    }
}
