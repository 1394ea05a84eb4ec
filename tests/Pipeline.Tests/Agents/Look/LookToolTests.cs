using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Agents.Look;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Tests.Acquire;
using Qwen35Batch.Pipeline.Tests.Infer;
using SkiaSharp;

namespace Qwen35Batch.Pipeline.Tests.Agents.Look;

public sealed class LookToolTests : IDisposable
{
    private readonly MediaRig _rig = new();
    private readonly ScriptedChatClient _model = new();
    private readonly LookTool _tool;

    public LookToolTests() => _tool = new(
        _rig.Store, _rig.Get<MediaProbe>(), _rig.Get<PictureReader>(), _rig.Get<PdfReader>(), _rig.Get<ClipReader>(), _model);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_model_is_shown_the_stored_picture_without_tools_and_may_answer_within_a_schema_only()
    {
        _model.Answer = (_, _, _) => Task.FromResult(ScriptedChatClient.Say("""{"seen":true,"answer":"A grey\u202e\npicture."}"""));
        var sha256 = await StoredAsync();

        var result = await _tool.CallAsync($$"""{"sha256":"{{sha256}}","question":"What\nis it?"}""");

        Assert.Equal("A grey picture.", result.Text);
        Assert.Equal((ToolEffect.Read, ResultTrust.Untrusted), (_tool.Effect, _tool.Trust));
        var (messages, options) = Assert.Single(_model.Requests);
        Assert.Null(options.Tools);
        var schema = ((ChatResponseFormatJson)options.ResponseFormat!).Schema!.Value;
        Assert.Equal(["seen", "answer"], schema.GetProperty("properties").EnumerateObject().Select(member => member.Name));
        var picture = Assert.IsType<DataContent>(messages[1].Contents[0]);
        Assert.Equal(ClipFrame.PixmapMediaType, picture.MediaType);
        Assert.StartsWith("P6\n40 30\n", System.Text.Encoding.Latin1.GetString(picture.Data.Span[..12]), StringComparison.Ordinal);
        Assert.Equal("What is it?", messages[1].Text);
        Assert.Contains("Japanese", messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_seen_or_no_answer_is_said_so()
    {
        var sha256 = await StoredAsync();
        _model.Answer = (number, _, _) =>
            Task.FromResult(ScriptedChatClient.Say(number == 0 ? """{"seen":false,"answer":""}""" : "I call a tool instead"));

        var unseen = await _tool.CallAsync($$"""{"sha256":"{{sha256}}","question":"?"}""");
        var wrong = await _tool.FailsAsync($$"""{"sha256":"{{sha256}}","question":"?"}""");

        Assert.Equal("It cannot be seen in the picture.", unseen.Text);
        Assert.Equal("The model did not answer with what was asked for.", wrong.Message);
    }

    [Fact]
    public async Task Only_what_is_stored_can_be_looked_at()
    {
        var text = (await _rig.AcquireAsync(_rig.Folder.Write("a.txt", "some words of text"))).Sha256;

        var path = await _tool.FailsAsync("""{"sha256":"../../etc/passwd","question":"?"}""");
        var gone = await _tool.FailsAsync(JsonSerializer.Serialize(new { sha256 = new string('0', 64), question = "?" }));
        var words = await _tool.FailsAsync($$"""{"sha256":"{{text}}","question":"?"}""");

        Assert.Contains("is no hash", path.Message, StringComparison.Ordinal);
        Assert.Contains("not in this worker's store", gone.Message, StringComparison.Ordinal);
        Assert.Equal("Only pictures, PDFs and videos can be looked at.", words.Message);
        Assert.Empty(_model.Requests);
    }

    private async Task<string> StoredAsync()
    {
        using var bitmap = new SKBitmap(40, 30);
        bitmap.Erase(SKColors.Gray);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        return (await _rig.AcquireAsync(_rig.Folder.Write("picture.png", png.ToArray()))).Sha256;
    }
}
