using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>
/// Takes binary PPMs that follow each other on the standard output of <c>pdftoppm -progress</c>, each into memory of its own size, and
/// hands them out as they come. A page is complained of before its progress is told, and both on standard error: what has been told is whole.
/// </summary>
/// <param name="sizes">The sizes that are expected; a PPM may be larger by a pixel, as poppler rounds sides up.</param>
/// <param name="room">What each page takes a place of before it is read, so that the tool waits where there is none.</param>
/// <param name="give">Called with each page's index and the page, in order.</param>
internal sealed partial class DrawnPages(IReadOnlyList<(int Width, int Height)> sizes, SemaphoreSlim room, Action<int, DrawnPage> give)
{
    private const int LongestHeader = 24;

    private readonly Lock _lock = new();
    private readonly Queue<DrawnPage> _pages = [];

    // Much comes in small pieces: a thread that waits for each costs less than one of the pool that is called for each.
    public PipeTarget Target => PipeTarget.Create((output, _) => Task.Factory.StartNew(
        () => Read(output), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    /// <summary>How many have been handed out.</summary>
    public int Given { get; private set; }

    /// <summary>How many the tool says it has drawn.</summary>
    public int Told { get; private set; }

    /// <summary>Takes a line of standard error.</summary>
    /// <returns>Whether it told the progress.</returns>
    public bool TakeErrorLine(string line)
    {
        if (!Progress().IsMatch(line)) return false;
        lock (_lock)
        {
            Told++;
            Give();
        }

        return true;
    }

    // A tool that is stopped is ended, and its output with it.
    private void Read(Stream output)
    {
        PipeSize.Widen(output, PipeSize.Wide);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var begun = new byte[LongestHeader];
        foreach (var (expectedWidth, expectedHeight) in sizes)
        {
            room.Wait();
            var read = output.ReadAtLeast(begun, LongestHeader, throwOnEndOfStream: false);
            var header = Header().Match(Encoding.Latin1.GetString(begun, 0, read));
            var (width, height) = header.Success ? (Number(header.Groups[1]), Number(header.Groups[2])) : (0, 0);
            var (mostWidth, mostHeight) = (expectedWidth + 1L, expectedHeight + 1L);
            // A PPM of a few pixels would end within what has been read: it is left to the reading of single pages.
            var length = header.Length + ((long)width * height * 3);
            if (!header.Success || length > LongestHeader + (mostWidth * mostHeight * 3) || length < read)
            {
                output.CopyTo(Stream.Null);
                return;
            }

            var pixmap = GC.AllocateUninitializedArray<byte>((int)length);
            begun.AsSpan(0, read).CopyTo(pixmap);
            hash.AppendData(pixmap, 0, read);
            for (var filled = read; filled < pixmap.Length;)
            {
                var count = output.Read(pixmap, filled, pixmap.Length - filled);
                if (count == 0) return;
                // While the processor still has it at hand.
                hash.AppendData(pixmap, filled, count);
                filled += count;
            }

            lock (_lock)
            {
                _pages.Enqueue(new(pixmap, width, height, Convert.ToHexStringLower(hash.GetHashAndReset())));
                Give();
            }
        }

        output.CopyTo(Stream.Null);
    }

    private void Give()
    {
        while (Given < Told && _pages.TryDequeue(out var page)) give(Given++, page);
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^P6\n(\d{1,6}) (\d{1,6})\n255\n")]
    private static partial Regex Header();

    [GeneratedRegex(@"^\d+ \d+ $")]
    private static partial Regex Progress();
}
