using CsCheck;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class SegmentPlannerTests
{
    private static readonly MediaSettings Settings = new();

    private static MediaDescription Media(MediaKind kind) =>
        new() { Sha256 = new string('a', 64), Kind = kind, MediaType = "x/y", LengthBytes = 1 };

    private static double[] Borders(double duration, MediaSettings settings, JobOptions? options = null)
    {
        var clips = SegmentPlanner.Plan(Media(MediaKind.Video) with { DurationSeconds = duration }, settings, options ?? new());
        return [clips[0].StartSeconds!.Value, .. clips.Select(clip => clip.EndSeconds!.Value)];
    }

    [Fact]
    public void A_picture_is_one_segment() =>
        Assert.Equal(SegmentKind.Image, Assert.Single(SegmentPlanner.Plan(Media(MediaKind.Image), Settings, new())).Kind);

    [Fact]
    public void A_video_is_cut_into_clips_and_a_short_remainder_joins_the_last()
    {
        Assert.Equal([0, 30, 60.07], Borders(60.07, Settings));
        Assert.Equal([0, 30, 60, 70], Borders(70, Settings));
        Assert.Equal([0, 12.5], Borders(12.5, Settings));
        Assert.Equal([0, 36], Borders(36, Settings));
    }

    [Fact]
    public void A_higher_frame_rate_makes_clips_shorter_so_that_their_frames_stay_bounded()
    {
        Assert.Equal([0, 4, 8], Borders(8, Settings with { FramesPerSecond = 1 }, new() { FramesPerSecond = 32 }));
        Assert.Equal([0, 10, 20], Borders(20, Settings with { ClipSeconds = 10 }, new() { FramesPerSecond = 2 }));
    }

    [Fact]
    public void Clips_cover_the_video_without_gap_or_overlap() =>
        Gen.Select(Gen.Double[0.001, 20_000], Gen.Double[1, 600], Gen.Double[0.05, 30]).Sample((duration, clip, fps) =>
        {
            var clips = SegmentPlanner.Plan(
                Media(MediaKind.Video) with { DurationSeconds = duration },
                Settings with { ClipSeconds = clip },
                new() { FramesPerSecond = fps });
            return clips[0].StartSeconds == 0
                && clips[^1].EndSeconds == duration
                && clips.Zip(clips.Skip(1)).All(pair => pair.First.EndSeconds == pair.Second.StartSeconds)
                && clips.Select((segment, index) => segment.Number == index && segment.EndSeconds > segment.StartSeconds)
                    .All(isRight => isRight)
                && clips.All(segment => (segment.EndSeconds - segment.StartSeconds) * fps <= (1.25 * SegmentPlanner.MaxClipFrames) + 1);
        });

    [Fact]
    public void Sound_is_cut_into_spans() =>
        Assert.Equal(
            [300.0, 600.0, 700.0],
            SegmentPlanner.Plan(Media(MediaKind.Audio) with { DurationSeconds = 700 }, Settings, new())
                .Select(span => span.EndSeconds!.Value));

    [Fact]
    public void Pages_beyond_the_task_reject_the_job_unless_the_submitter_limits_them()
    {
        var media = Media(MediaKind.Pdf) with { PageCount = 501 };

        Assert.Equal(
            RejectionReason.TooLarge, Assert.Throws<MediaRejectedException>(() => SegmentPlanner.Plan(media, Settings, new())).Reason);
        Assert.Equal([1, 2, 3], SegmentPlanner.Plan(media, Settings, new() { MaxPages = 3 }).Select(page => page.Page!.Value));
        Assert.Equal(501, SegmentPlanner.Plan(media, Settings, new() { MaxPages = 1_000 }).Count);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(12_000, 1)]
    [InlineData(12_001, 2)]
    [InlineData(96_000, 10)]
    public void The_number_of_text_parts_follows_from_the_length_alone(int characters, int parts) =>
        Assert.Equal(parts, SegmentPlanner.Plan(Media(MediaKind.Text) with { CharacterCount = characters }, Settings, new()).Count);
}
