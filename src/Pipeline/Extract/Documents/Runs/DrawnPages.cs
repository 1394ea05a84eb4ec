using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>Takes binary PPMs that follow each other on a tool's standard output, each into memory of its own size.</summary>
/// <param name="sizes">The sizes that are expected; a PPM may be larger by a pixel, as poppler rounds sides up.</param>
internal sealed partial class DrawnPages(IReadOnlyList<(int Width, int Height)> sizes)
{
    private const int LongestHeader = 24;

    private readonly List<DrawnPage> _pages = [];

    public PipeTarget Target => PipeTarget.Create(ReadAsync);

    /// <summary>The pages; null when there were not as many as expected, or one was not what a PPM of its size is.</summary>
    public IReadOnlyList<DrawnPage>? Pages { get; private set; }

    private async Task ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        PipeSize.Widen(output, PipeSize.Wide);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var begun = new byte[LongestHeader];
        while (_pages.Count < sizes.Count)
        {
            var read = await output.ReadAtLeastAsync(begun, LongestHeader, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);
            var header = Header().Match(Encoding.Latin1.GetString(begun, 0, read));
            var (width, height) = header.Success ? (Number(header.Groups[1]), Number(header.Groups[2])) : (0, 0);
            var (mostWidth, mostHeight) = (sizes[_pages.Count].Width + 1L, sizes[_pages.Count].Height + 1L);
            // A PPM of a few pixels would end within what has been read: it is left to the reading of single pages.
            var length = header.Length + ((long)width * height * 3);
            if (!header.Success || length > LongestHeader + (mostWidth * mostHeight * 3) || length < read)
            {
                await output.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
                return;
            }

            var pixmap = GC.AllocateUninitializedArray<byte>((int)length);
            begun.AsSpan(0, read).CopyTo(pixmap);
            hash.AppendData(pixmap, 0, read);
            for (var filled = read; filled < pixmap.Length;)
            {
                var count = await output.ReadAsync(pixmap.AsMemory(filled), cancellationToken).ConfigureAwait(false);
                if (count == 0) return;
                // While the processor still has it at hand.
                hash.AppendData(pixmap, filled, count);
                filled += count;
            }

            _pages.Add(new(pixmap, width, height, Convert.ToHexStringLower(hash.GetHashAndReset())));
        }

        if (await output.ReadAsync(begun, cancellationToken).ConfigureAwait(false) == 0)
            Pages = _pages;
        else
            await output.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^P6\n(\d{1,6}) (\d{1,6})\n255\n")]
    private static partial Regex Header();
}
