using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
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
          "properties": { "summary": { "type": "string", "minLength": 1, "maxLength": 600 } },
          "required": ["summary"],
          "additionalProperties": false
        }
        """);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_bundled_model_says_of_a_picture_what_it_says_on_the_cpu()
    {
        var execution = machine.Execution();

        var onGpu = await AskAsync(execution.Provider, execution.RuntimeLibrary);
        var onCpu = await AskAsync("Cpu", execution.RuntimeLibrary);

        Assert.Equal(onCpu.Text, onGpu.Text);
        Assert.Equal(onCpu.Usage!.InputTokenCount, onGpu.Usage!.InputTokenCount);
        Assert.StartsWith("{\"summary\":\"", onGpu.Text, StringComparison.Ordinal);
        Assert.InRange(onGpu.Text.Length, 20, 400);
        TestContext.Current.TestOutputHelper!.WriteLine(onGpu.Text);
    }

    private async Task<ChatResponse> AskAsync(string provider, string? library)
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
        return await engine.ChatClient.GetResponseAsync(
            messages,
            new ChatOptions { MaxOutputTokens = 24, ResponseFormat = ChatResponseFormat.ForJsonSchema(Form, "answer") },
            TestContext.Current.CancellationToken);
    }
}
