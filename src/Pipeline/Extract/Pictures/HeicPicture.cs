using System.Globalization;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>A picture of a HEIC file.</summary>
/// <param name="StoredWidth">Pixels from left to right before it is turned.</param>
/// <param name="StoredHeight">Pixels from top to bottom before it is turned.</param>
/// <param name="Columns">Tiles from left to right.</param>
/// <param name="Rows">Tiles from top to bottom.</param>
/// <param name="Turns">Quarter turns to the left that show it upright.</param>
/// <param name="MirrorsSides">True when left and right are exchanged, false for above and below, null for neither.</param>
/// <param name="Coded">The tiles as a stream of HEVC, a picture each.</param>
internal sealed record HeicPicture(int StoredWidth, int StoredHeight, int Columns, int Rows, int Turns, bool? MirrorsSides, byte[] Coded)
{
    /// <summary>Pixels from left to right as displayed.</summary>
    public int Width => Turns % 2 == 0 ? StoredWidth : StoredHeight;

    /// <summary>Pixels from top to bottom as displayed.</summary>
    public int Height => Turns % 2 == 0 ? StoredHeight : StoredWidth;

    /// <summary>ffmpeg's filters that put the tiles together and show the picture upright.</summary>
    public string Filters => string.Join(',', (IEnumerable<string>)
    [
        .. Columns * Rows > 1 ? [string.Create(CultureInfo.InvariantCulture, $"tile={Columns}x{Rows}")] : Array.Empty<string>(),
        string.Create(CultureInfo.InvariantCulture, $"crop={StoredWidth}:{StoredHeight}:0:0"),
        .. Enumerable.Repeat("transpose=cclock", Turns),
        .. MirrorsSides is { } sides ? [sides ? "hflip" : "vflip"] : Array.Empty<string>(),
    ]);
}
