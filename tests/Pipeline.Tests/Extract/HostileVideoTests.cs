using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class HostileVideoTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private static string Disguise(string kind, string canary, string neighbour) => kind switch
    {
        "hls" => $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{canary}/hls.ts\n#EXT-X-ENDLIST\n",
        "hls-file" => "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "dash" =>
            $"""<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" """
                + $"""mediaPresentationDuration="PT5S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" """
                + $"""bandwidth="1"><BaseURL>{canary}/dash.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>""",
        "concat" => $"ffconcat version 1.0\nfile {neighbour}\n",
        _ => $"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
    };

    [Theory]
    [InlineData("hls")]
    [InlineData("hls-file")]
    [InlineData("dash")]
    [InlineData("concat")]
    [InlineData("sdp")]
    public async Task A_playlist_under_a_videos_name_is_refused_and_nothing_is_fetched(string kind)
    {
        await using var canary = new LoopbackServer();

        var exception = await _rig.RejectsAsync(_rig.Folder.Write("holiday.mp4", Disguise(kind, canary.Address, "other.mp4")));

        Assert.Equal(RejectionReason.UnsupportedMedia, exception.Reason);
        Assert.Equal(0, canary.Hits);
    }

    // The second wall: what would happen if the sniffing were passed by.
    [Theory]
    [InlineData("hls")]
    [InlineData("hls-file")]
    [InlineData("dash")]
    [InlineData("concat")]
    [InlineData("sdp")]
    public async Task The_tools_themselves_open_no_playlist(string kind)
    {
        await using var canary = new LoopbackServer();
        var neighbour = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "testsrc=s=64x64:d=1", "-pix_fmt", "yuv420p", _rig.Folder["neighbour.mp4"]);
        var path = _rig.Folder.Write("video", Disguise(kind, canary.Address, Path.GetFileName(neighbour)));
        var media = new MediaDescription
        {
            Sha256 = "",
            Kind = MediaKind.Video,
            MediaType = "video/mp4",
            LengthBytes = 1,
            Width = 64,
            Height = 64,
            DurationSeconds = 1
        };

        await Assert.ThrowsAsync<Pipeline.Jobs.MediaRejectedException>(() => _rig.Get<StreamProbe>().DescribeAsync(
            new() { Source = "video", Sha256 = "", Path = path, LengthBytes = 1, Kind = MediaKind.Video, MediaType = "video/mp4" },
            media,
            TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<Pipeline.Jobs.MediaRejectedException>(() =>
            _rig.Get<ClipReader>().ReadAsync(path, media, new(0, 1), 1, 1_000_000, TestContext.Current.CancellationToken));
        Assert.Equal(0, canary.Hits);
    }

    [Fact]
    public async Task A_decoder_that_is_not_listed_is_not_run()
    {
        var path = await Ffmpeg.MakeAsync("-f", "lavfi", "-i", "testsrc=s=64x64:d=1", "-c:v", "magicyuv", _rig.Folder["a.avi"]);

        var refused = await _rig.RejectsAsync(path);

        Assert.Equal(RejectionReason.UnsupportedMedia, refused.Reason);
        Assert.Contains("MagicYUV", refused.Message, StringComparison.Ordinal);
        Assert.Contains("convert it to H.264", refused.Message, StringComparison.Ordinal);
    }
}
