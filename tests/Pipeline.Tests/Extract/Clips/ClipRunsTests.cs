using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Clips;

public sealed class ClipRunsTests : IDisposable
{
    // Several runs at once need several places.
    private readonly MediaRig _rig = new(tools: options =>
    {
        options.ToolMemoryBytes = 1L << 30;
        options.ToolsMemoryBytes = 8L << 30;
    });

    public void Dispose() => _rig.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<(MediaDescription Media, IReadOnlyList<SegmentReference> Plan)> PlanAsync(string path, MediaSettings settings)
    {
        var media = await _rig.DescribeAsync(path);
        _rig.Started.Clear();
        return (media, SegmentPlanner.Plan(media, settings, new()));
    }

    private Task<ExtractedSegment> ReadAsync(
        MediaDescription media, SegmentReference segment, MediaSettings settings, CancellationToken? token = null) =>
        _rig.Get<SegmentExtractor>().ExtractAsync(media, segment, settings, new(), WaveOutput.Omit, token ?? Token);

    private Task<ExtractedSegment> ReadAloneAsync(MediaDescription media, SegmentReference segment, MediaSettings settings) =>
        _rig.Get<ClipReader>().ReadAsync(
            _rig.Store.PathOf(media.Sha256),
            media,
            new(segment.StartSeconds!.Value, segment.EndSeconds!.Value),
            settings.FramesPerSecond,
            settings.MaxFramePixels,
            Token);

    private Task<string> FilmAsync(string name, params string[] codec) => Ffmpeg.MakeAsync(
        ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=10:d=23", "-g", "25", "-pix_fmt", "yuv420p", .. codec, _rig.Folder[name]]);

    [Theory]
    [InlineData("a.mp4", 5, 1)]
    [InlineData("a.mkv", 7, 0.5)]
    [InlineData("a.ts", 5, 2)]
    [InlineData("a.webm", 3, 1.5)]
    public async Task A_clip_of_a_run_is_what_the_clip_alone_is(string name, double seconds, double rate)
    {
        var settings = new MediaSettings { ClipSeconds = seconds, FramesPerSecond = rate };
        var (media, plan) = await PlanAsync(await FilmAsync(name, name == "a.webm" ? ["-c:v", "libvpx"] : ["-bf", "2"]), settings);

        foreach (var segment in plan)
        {
            var (alone, read) = (await ReadAloneAsync(media, segment, settings), await ReadAsync(media, segment, settings));
            Assert.Equal(
                alone.Pictures.Select(picture => (picture.Seconds, picture.Sha256)),
                read.Pictures.Select(picture => (picture.Seconds, picture.Sha256)));
            Assert.Equal(alone.Notes, read.Notes);
        }
    }

    [Fact]
    public async Task A_video_is_decoded_once_for_all_its_clips()
    {
        var settings = new MediaSettings { ClipSeconds = 5 };
        var (media, plan) = await PlanAsync(await FilmAsync("a.mp4"), settings);

        var clips = await Task.WhenAll(plan.Reverse().Select(segment => ReadAsync(media, segment, settings)));

        Assert.Equal(23, clips.Sum(clip => clip.Pictures.Count));
        Assert.Equal(["The clip from 0.0 s to 23.0 s"], _rig.Started.Of("ffmpeg"));
    }

    [Fact]
    public async Task Decoding_begins_at_the_clip_that_is_asked_for()
    {
        var settings = new MediaSettings { ClipSeconds = 5 };
        var (media, plan) = await PlanAsync(await FilmAsync("a.mp4"), settings);

        var clips = await Task.WhenAll(plan.Skip(3).Select(segment => ReadAsync(media, segment, settings)));

        Assert.Equal([15, 16, 17, 18, 19, 20, 21, 22], clips.SelectMany(clip => clip.Pictures).Select(picture => picture.Seconds!.Value));
        Assert.Equal(["The clip from 15.0 s to 23.0 s"], _rig.Started.Of("ffmpeg"));
    }

    [Fact]
    public async Task Damage_is_noted_with_the_clip_that_it_is_in()
    {
        var settings = new MediaSettings { ClipSeconds = 5 };
        var path = await FilmAsync("a.ts");
        var bytes = await File.ReadAllBytesAsync(path, Token);
        // Within the third of five clips.
        Array.Fill(bytes, (byte)0x5A, bytes.Length / 2, 5_000);
        var (media, plan) = await PlanAsync(_rig.Folder.Write("b.ts", bytes), settings);

        var alone = new List<ExtractedSegment>();
        foreach (var segment in plan) alone.Add(await ReadAloneAsync(media, segment, settings));
        var read = await Task.WhenAll(plan.Select(segment => ReadAsync(media, segment, settings)));

        Assert.Contains(alone, clip => clip.Note is not null);
        Assert.Equal(alone.Select(clip => clip.Note), read.Select(clip => clip.Note));
        Assert.Equal(
            alone.SelectMany(clip => clip.Pictures).Select(picture => picture.Seconds),
            read.SelectMany(clip => clip.Pictures).Select(picture => picture.Seconds));
    }

    [Fact]
    public async Task Cancelling_all_ends_ffmpeg()
    {
        var path = await Ffmpeg.MakeAsync(
            "-f", "lavfi", "-i", "testsrc2=s=640x480:r=30:d=20", "-pix_fmt", "yuv420p", "-preset", "ultrafast", _rig.Folder["long.mp4"]);
        var settings = new MediaSettings { ClipSeconds = 5 };
        var (media, plan) = await PlanAsync(path, settings);
        using var cancelled = new CancellationTokenSource();
        var running = plan.Select(segment => ReadAsync(media, segment, settings, cancelled.Token)).ToList();

        await cancelled.CancelAsync();

        foreach (var each in running) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => each);
        Assert.Empty(Processes.Mentioning(media.Sha256));
    }
}
