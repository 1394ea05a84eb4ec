using System.Globalization;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>The chain of ffmpeg's filters that turns decoded frames into those of a clip.</summary>
internal static class ClipFilters
{
    private static readonly string Rounding = Number(ClipSpans.Rounding);

    // A new frame that appears earlier in an interval stands for it: at a constant rate of at least 4/3 of the clip's there is always one.
    private const double HeldShare = 0.75;

    // At least one is in the last quarter of an interval, wherever that begins. The first frame waits for the next of them, and is lost
    // where the video changes its size before.
    private const int PlacesPerInterval = 8;

    // Fields become frames only where the decoder says that a frame holds two.
    private const string Deinterlace = "bwdif=mode=send_frame:deint=interlaced";

    // Tells when decoding began: a seek may land behind the place that was asked for.
    private const string TellFirst = @"select='1+if(eq(n\,0)\,0*print(t\,32)\,0)'";

    /// <summary>The first frame of each interval of 1/rate seconds, or what is held through it.</summary>
    /// <param name="span">The clip.</param>
    /// <param name="fps">Frames per second.</param>
    /// <param name="reachesEnd">Whether the clip ends with the recording.</param>
    public static string Sample(TimeSpanSeconds span, double fps, bool reachesEnd) => Select(
        $"((%-{Number(span.Start)})*{Number(fps)}+1e-3)",
        "floor(#)",
        fps,
        span.Start,
        reachesEnd ? null : span.End);

    /// <summary>The frames of several clips, each as if it were selected alone.</summary>
    /// <param name="clips">The clips of the whole recording.</param>
    /// <param name="first">The first clip that is wanted.</param>
    /// <param name="end">The clip behind the last one that is wanted.</param>
    /// <param name="fps">Frames per second.</param>
    public static string Sample(ClipSpans clips, int first, int end, double fps)
    {
        // Whatever the number of a clip and of an interval within it, later ones are greater.
        var clip = $@"min(floor((%+{Rounding})/{Exact(clips.Length)})\,{clips.Count - 1})";
        return Select(
            $"((%-{clip}*{Exact(clips.Length)})*{Number(fps)}+1e-3)",
            $"({clip}*1e6+floor(#))",
            fps,
            clips[first].Start,
            end == clips.Count ? null : clips[end].Start);
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
            $"{select},settb=1/1000000,showinfo=checksum=0,setfield=prog,{map}scale=w='{w}':h='{h}':flags=bicubic,"
            + $"format=rgb24,pad={width}:{height}:-1:-1,setsar=1");
    }

    // Two ways lead to the selection. One has the frames at their own times, but only the first of each interval, so that few wait for
    // those of the other way. That has what is shown at places in each interval, marked by its field order, which no frame has any more.
    private static string Select(string position, string place, double fps, double start, double? end)
    {
        place = place.Replace("#", position, StringComparison.Ordinal);
        var limit = end is { } second ? $"{Before(second)}," : "";
        var isWanted = $@"gte(t\,{Number(start)}-{Rounding})";
        var isFirst = $@"(isnan(prev_selected_t)+gt({At(place, "t")}\,{At(place, "prev_selected_t")}))";
        var isTaken = $@"if(eq(interlace_type\,TOPFIRST)\,gte(mod({At(position, "t")}\,1)\,{Number(HeldShare)})\,1)";
        return $"{TellFirst},{Deinterlace},split[frames][all];"
            + $"[frames]{limit}setfield=prog,select='{isWanted}*{isFirst}'[first];"
            // What is held until the end is known only from a frame behind it.
            + $"[all]fps={Number(fps * PlacesPerInterval)}:round=up,{limit}setfield=tff[shown];"
            + $"[first][shown]interleave,select='{isWanted}*{isFirst}*{isTaken}'";

        static string At(string expression, string time) => expression.Replace("%", time, StringComparison.Ordinal);
    }

    // "-t" counts from the first frame found, which in a video with gaps may lie behind the clip: the end is a time. What is rounded up to
    // it is the next clip's.
    private static string Before(double end) => $"trim=end={Number(end - ClipSpans.Rounding)}";

    private static string Exact(double value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
