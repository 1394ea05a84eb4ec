using System.Globalization;
using System.Text;
using Qwen35Batch.Pipeline.Extract.Documents;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>A PDF is gone through once, whatever is asked about its objects.</summary>
public sealed class PdfStreamsTests
{
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 0xFF, 0xD9];

    [Fact]
    public void A_jpeg_is_cut_when_its_stream_has_no_end_marker()
    {
        using var file = Pdf((1, 0, Jpeg), (2, 0, Jpeg[..^2]), (3, 0, "words"u8.ToArray()), (12, 5, Jpeg[..^2]));
        var streams = PdfStreams.Of(file);

        Assert.False(streams.IsCutJpeg(file, 1, 0));
        Assert.True(streams.IsCutJpeg(file, 2, 0));
        Assert.False(streams.IsCutJpeg(file, 3, 0));
        Assert.True(streams.IsCutJpeg(file, 12, 5));
        Assert.False(streams.IsCutJpeg(file, 12, 0));
        Assert.False(streams.IsCutJpeg(file, 99, 0));
    }

    [Fact]
    public void The_newest_version_of_an_object_counts()
    {
        using var file = Pdf((7, 0, Jpeg[..^2]), (7, 0, Jpeg));

        Assert.False(PdfStreams.Of(file).IsCutJpeg(file, 7, 0));
    }

    [Fact]
    public void A_jpeg_at_which_the_file_ends_is_cut()
    {
        using var whole = Pdf((1, 0, Jpeg[..^2]));
        using var file = new CountingStream(whole.ToArray()[..^20]);

        Assert.True(PdfStreams.Of(file).IsCutJpeg(file, 1, 0));
    }

    [Theory]
    [InlineData(-40)]
    [InlineData(-3)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(63)]
    public void An_object_at_the_border_of_what_is_read_at_once_is_found(int offset)
    {
        var filler = new byte[(1 << 20) + offset - 60];
        using var file = Pdf((1, 0, filler), (20, 0, Jpeg[..^2]), (3, 0, new byte[(1 << 20) - 100 + offset]), (4, 0, Jpeg));
        var streams = PdfStreams.Of(file);

        Assert.True(streams.IsCutJpeg(file, 20, 0));
        Assert.False(streams.IsCutJpeg(file, 4, 0));
    }

    [Fact]
    public void However_many_objects_are_asked_about_the_file_is_read_once()
    {
        // Thousands of pictures without an end, so that a search for one leads through all the others.
        var text = new StringBuilder();
        for (var number = 1; number <= 5_000; number++)
            text.Append(CultureInfo.InvariantCulture, $"{number} 0 obj\n<< /Filter /DCTDecode >>\nstream\n\u00ff\u00d8\u00ff");
        using var file = new CountingStream(Encoding.Latin1.GetBytes(text.ToString()));

        var streams = PdfStreams.Of(file);
        Assert.InRange(file.BytesRead, file.Length, file.Length + 1_000);
        var cut = Enumerable.Range(1, 5_000).Count(number => streams.IsCutJpeg(file, number, 0));

        Assert.Equal(5_000, cut);
        Assert.InRange(file.BytesRead, file.Length, file.Length + (5_000L * 6_000));
    }

    private static CountingStream Pdf(params (int Number, int Generation, byte[] Content)[] objects)
    {
        var file = new MemoryStream();
        file.Write("%PDF-1.4\n"u8);
        foreach (var (number, generation, content) in objects)
        {
            file.Write(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{number} {generation} obj\n<< /Length {content.Length} >>\nstream\n")));
            file.Write([.. content, .. "\nendstream\nendobj\n"u8]);
        }

        return new(file.ToArray());
    }

    private sealed class CountingStream(byte[] content) : MemoryStream(content)
    {
        public long BytesRead { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            var read = base.Read(buffer);
            BytesRead += read;
            return read;
        }
    }
}
