using System.Buffers.Binary;
using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Qwen35Batch.Pipeline.Tests.Extract;

/// <summary>Makes media for tests with the installed ffmpeg.</summary>
internal static class Ffmpeg
{
    /// <summary>A video whose brightness tells the second: 20 + 20 × second, at most 235 (limited range).</summary>
    public const string Clock = "color=black:s=160x120:r=10,geq=lum='20+20*floor(T)':cb=128:cr=128,format=yuv420p";

    /// <summary>Runs ffmpeg; the last argument is the file to write.</summary>
    public static async Task<string> MakeAsync(params string[] arguments)
    {
        await Cli.Wrap("ffmpeg").WithArguments(["-nostdin", "-y", "-loglevel", "error", .. arguments])
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return arguments[^1];
    }

    /// <summary>The second that a frame of the clock shows.</summary>
    public static int ClockSecond(Pipeline.Extract.Segments.Picture picture)
    {
        var luma = (picture.Pixmap.Span[^1] * 219.0 / 255) + 16;
        return (int)Math.Round((luma - 20) / 20);
    }

    /// <summary>The times of all frames as ffprobe lists them.</summary>
    public static async Task<double[]> FrameTimesAsync(string path)
    {
        var result = await Cli.Wrap("ffprobe")
            .WithArguments(["-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "csv=p=0", path])
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return [.. result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => double.Parse(line.Trim(','), System.Globalization.CultureInfo.InvariantCulture))];
    }

    /// <summary>Writes a quarter turn into an MP4's track header.</summary>
    public static void Turn(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var matrix = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes("tkhd")) + 44;
        int[] turned = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000];
        for (var index = 0; index < turned.Length; index++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(matrix + (index * 4)), turned[index]);
        File.WriteAllBytes(path, bytes);
    }
}
