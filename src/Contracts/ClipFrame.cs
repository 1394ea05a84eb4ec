using System.Globalization;

namespace Qwen35Batch.Contracts;

/// <summary>
/// How frames of a video travel in a chat message. Every frame is an image part of its own, with these two additional
/// properties; consecutive parts with the same clip form one video. An engine that knows video joins them, any other sends
/// pictures with their times.
/// </summary>
public static class ClipFrame
{
    /// <summary>Additional property: the clip's name (<see cref="string"/>), the same for all of its frames.</summary>
    public const string Clip = "qwen35batch.clip";

    /// <summary>Additional property: the frame's time (<see cref="double"/>), in seconds.</summary>
    public const string Seconds = "qwen35batch.seconds";

    /// <summary>Additional property of a picture that shows a page of a document: its number (<see cref="int"/>), from 1.</summary>
    public const string Page = "qwen35batch.page";

    /// <summary>
    /// The media type of an uncompressed picture: binary PPM (<c>P6</c>, 8 bits, RGB). It spares the engine in this process a
    /// compression and a decompression; whoever sends pictures over a wire compresses them first.
    /// </summary>
    public const string PixmapMediaType = "image/x-portable-pixmap";

    /// <summary>
    /// A time as the model was trained to read it before the frames that it belongs to, such as <c>&lt;0.3 seconds&gt;</c>. One decimal of
    /// the number as it is stored, as Python formats it: 0.25 is written 0.2 (half to even), and 0.35, which is stored as a little less,
    /// 0.3.
    /// </summary>
    /// <param name="seconds">The time, in seconds.</param>
    public static string TimeText(double seconds) => string.Create(CultureInfo.InvariantCulture, $"<{seconds:F1} seconds>");
}
