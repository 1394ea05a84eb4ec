using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Processes;

public sealed class NativeVideoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-video-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_clip_is_sent_as_a_video_to_a_server_that_takes_one()
    {
        var media = Directory.CreateDirectory(Path.Combine(_folder, "media")).FullName;
        var clip = Path.Combine(media, "clip.mp4");
        using (var ffmpeg = Process.Start(
            "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=4:duration=2", "-pix_fmt", "yuv420p", clip]))
        {
            await ffmpeg.WaitForExitAsync(Cancellation);
            Assert.Equal(0, ffmpeg.ExitCode);
        }

        await using var engine = await StubEndpoint.StartAsync();
        engine.Answer = """
            {"summary":"A test picture.","chapters":[],"events":[],"people":[],"objects":[],"visibleText":[],"transcript":[]}
            """;
        await using var worker = WorkerProcess.Serve(_folder, engine.BaseUrl, null, "Engine:Video=Native");
        await worker.WaitUntilReadyAsync();
        var job = Guid.CreateVersion7();
        Assert.True(await worker.TrySubmitAsync(new() { JobId = job, Source = clip, Task = "video" }));
        var ended = await TestWorker.WaitAsync(
            async () => (await worker.Client.GetFromJsonAsync<JsonElement>($"/jobs/{job}", Cancellation)).GetProperty("job"),
            found => found.GetProperty("finishedAt").ValueKind == JsonValueKind.String);

        Assert.True(ended.GetProperty("state").GetString() == "completed", $"{ended}");
        var parts = JsonDocument.Parse(engine.Bodies.First(body => body.Contains("video_url", StringComparison.Ordinal))).RootElement
            .GetProperty("messages").EnumerateArray()
            .Where(message => message.GetProperty("content").ValueKind == JsonValueKind.Array)
            .SelectMany(message => message.GetProperty("content").EnumerateArray())
            .ToList();
        var video = Assert.Single(parts, part => part.GetProperty("type").GetString() == "video_url");
        var url = video.GetProperty("video_url").GetProperty("url").GetString();
        Assert.StartsWith("data:video/mp4;base64,", url, StringComparison.Ordinal);
        Assert.DoesNotContain(parts, part => part.GetProperty("type").GetString() == "image_url");
    }
}
