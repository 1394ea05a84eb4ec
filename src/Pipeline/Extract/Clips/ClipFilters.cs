using System.Globalization;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>The chain of ffmpeg's filters that turns decoded frames into those of a clip.</summary>
internal static class ClipFilters
{
    private static readonly string Rounding = Number(ClipSpans.Rounding);

    // Fields become frames only where the decoder says that a frame holds two.
    private const string Deinterlace = "bwdif=mode=send_frame:deint=interlaced";

    // Tells when decoding began: a seek may land behind the place that was asked for.
    private const string TellFirst = @"select='1+if(eq(n\,0)\,0*print(t\,32)\,0)'";

    /// <summary>The first frame of each interval of 1/rate seconds.</summary>
    /// <param name="span">The clip.</param>
    /// <param name="fps">Frames per second.</param>
    /// <param name="reachesEnd">Whether the clip ends with the recording.</param>
    public static string Sample(TimeSpanSeconds span, double fps, bool reachesEnd)
    {
        var interval = $"floor((%-{Number(span.Start)})*{Number(fps)}+1e-3)";
        var now = interval.Replace("%", "t", StringComparison.Ordinal);
        var before = interval.Replace("%", "prev_selected_t", StringComparison.Ordinal);
        var end = reachesEnd ? "" : $"{Before(span.End)},";
        var isFirst = $@"(isnan(prev_selected_t)+gte({now}\,{before}+1))";
        return $@"{TellFirst},{Deinterlace},{end}select='gte(t\,{Number(span.Start)}-{Rounding})*{isFirst}'";
    }

    /// <summary>The frames of several clips, each as if it were selected alone.</summary>
    /// <param name="clips">The clips of the whole recording.</param>
    /// <param name="first">The first clip that is wanted.</param>
    /// <param name="end">The clip behind the last one that is wanted.</param>
    /// <param name="fps">Frames per second.</param>
    public static string Sample(ClipSpans clips, int first, int end, double fps)
    {
        // Whatever the number of a clip and of an interval within it, later ones are greater.
        var clip = $@"min(floor((%+{Rounding})/{Exact(clips.Length)})\,{clips.Count - 1})";
        var place = $"{clip}*1e6+floor((%-{clip}*{Exact(clips.Length)})*{Number(fps)}+1e-3)";
        var now = place.Replace("%", "t", StringComparison.Ordinal);
        var before = place.Replace("%", "prev_selected_t", StringComparison.Ordinal);
        var limit = end == clips.Count ? "" : $"{Before(clips[end].Start)},";
        var isFirst = $@"(isnan(prev_selected_t)+gt({now}\,{before}))";
        return $@"{TellFirst},{Deinterlace},{limit}select='gte(t\,{Number(clips[first].Start)}-{Rounding})*{isFirst}'";
    }

    /// <summary>Everything until a second: the last frame is what is shown then.</summary>
    public static string Until(double second) => $"{TellFirst},{Deinterlace},trim=end={Number(second + 0.001)}";

    /// <summary>A whole chain.</summary>
    /// <param name="select">What selects the frames.</param>
    /// <param name="toneMap">What tone-maps them, or null.</param>
    /// <param name="shape">How many times as wide as high the video is shown.</param>
    /// <param name="width">Pixels from left to right of the result.</param>
    /// <param name="height">Pixels from top to bottom of the result.</param>
    public static string Chain(string select, string? toneMap, double shape, int width, int height)
    {
        // A frame of another shape keeps it, with black beside it: a video may change its size in mid-stream.
        var wider = $"(dar/{Exact(shape)})";
        var fits = $@"lt(abs({wider}-1)\,0.03)";
        var w = string.Create(CultureInfo.InvariantCulture, $@"if({fits}\,{width}\,max(1\,trunc(min({width}\,{width}*{wider}))))");
        var h = string.Create(CultureInfo.InvariantCulture, $@"if({fits}\,{height}\,max(1\,trunc(min({height}\,{height}/{wider}))))");
        var map = toneMap is null ? "" : toneMap + ",";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{select},settb=1/1000000,showinfo=checksum=0,{map}scale=w='{w}':h='{h}':flags=bicubic,"
            + $"format=rgb24,pad={width}:{height}:-1:-1,setsar=1");
    }

    // "-t" counts from the first frame found, which in a video with gaps may lie behind the clip: the end is a time. What is rounded up to
    // it is the next clip's.
    private static string Before(double end) => $"trim=end={Number(end - ClipSpans.Rounding)}";

    private static string Exact(double value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
