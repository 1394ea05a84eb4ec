using System.Text;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Documents.Runs;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

public sealed class PdfRunTests : IDisposable
{
    private static readonly MediaSettings Small = new() { MaxPicturePixels = 20_000 };
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private string Write(byte[] pdf) => _rig.Folder.Write("a.pdf", pdf);

    private static byte[] Pages(int count) => PdfFile.OfLines([.. Enumerable.Range(1, count).Select(page => $"Page number {page}")]);

    private async Task<MediaDescription> DescribeAsync(byte[] pdf)
    {
        var media = await _rig.DescribeAsync(Write(pdf));
        _rig.Started.Clear();
        return media;
    }

    private Task<ExtractedSegment> ReadAsync(MediaDescription media, int page, CancellationToken? cancelled = null) =>
        _rig.Get<SegmentExtractor>().ExtractAsync(
            media,
            new() { Number = page - 1, Kind = SegmentKind.Page, Page = page },
            Small,
            new(),
            WaveOutput.Omit,
            cancelled ?? TestContext.Current.CancellationToken);

    private Task<ExtractedSegment> ReadAloneAsync(MediaDescription media, int page) => _rig.Get<PdfReader>().ReadPageAsync(
        _rig.Store.PathOf(media.Sha256), page, Small, TestContext.Current.CancellationToken);

    private static void Equal(ExtractedSegment expected, ExtractedSegment actual)
    {
        Assert.Equal(expected.Pictures.Select(picture => (picture.Sha256, picture.Page)), actual.Pictures.Select(
            picture => (picture.Sha256, picture.Page)));
        Assert.Equal(expected.Text, actual.Text);
        Assert.Equal(expected.Words?.Words, actual.Words?.Words);
        Assert.Equal(expected.Notes, actual.Notes);
    }

    [Fact]
    public async Task Pages_that_are_read_in_order_take_a_few_runs_of_each_tool()
    {
        var media = await DescribeAsync(Pages(40));

        for (var page = 1; page <= 40; page++)
        {
            var read = await ReadAsync(media, page);
            Assert.Equal($"Page number {page}", read.Text!.Trim());
            Assert.Equal(page, Assert.Single(read.Pictures).Page);
            Assert.Equal(["Page", "number", $"{page}"], read.Words!.Words.Select(word => word.Text));
        }

        Assert.InRange(_rig.Started.Of("pdftoppm").Count, 1, 2);
        Assert.Equal(["Page 1 to 40"], _rig.Started.Of("pdfinfo"));
        Assert.Equal(["Page 1 to 40", "Page 1 to 40"], _rig.Started.Of("pdftotext"));
        Assert.Empty(_rig.Started.Of("pdfimages"));
    }

    [Fact]
    public async Task The_first_pages_of_a_large_file_do_not_wait_for_the_text_of_all()
    {
        var media = await DescribeAsync([.. Pages(40), .. Encoding.ASCII.GetBytes("\n" + new string('%', 1 << 20))]);

        for (var page = 1; page <= 40; page++)
            Assert.Equal($"Page number {page}", (await ReadAsync(media, page)).Text!.Trim());

        Assert.Equal(["Page 1 to 4", "Page 5 to 40"], _rig.Started.Of("pdfinfo"));
    }

    [Fact]
    public async Task A_page_of_a_run_is_what_the_page_alone_is()
    {
        string[] contents =
        [
            "BT /F1 18 Tf 20 100 Td (plain) Tj ET",
            "BT /F1 18 Tf 20 100 Td (broken) Tj ET (x) nonsense 5 Tj",
            "BT /F1 9 Tf 120 150 Td (inside) Tj ET BT /F1 9 Tf 20 20 Td (outside) Tj ET",
            "",
            "BT /F1 18 Tf 20 100 Td (a < b & c > d) Tj ET",
            "1 0 0 rg 0 0 300 200 re f",
        ];
        foreach (var box in new[] { "", "/CropBox [100 100 200 200] /Rotate 90" })
        {
            var media = await DescribeAsync(
                PdfFile.Of($"/MediaBox [0 0 300 200] {box}", [.. contents.Select(content => ("", Encoding.ASCII.GetBytes(content)))]));

            for (var page = 1; page <= contents.Length; page++)
                Equal(await ReadAloneAsync(media, page), await ReadAsync(media, page));
        }
    }

    [Fact]
    public async Task A_broken_page_is_charged_alone()
    {
        string[] contents = ["BT /F1 18 Tf 20 100 Td (first) Tj ET", "BT /F1 18 Tf 20 100 Td (second) Tj ET (x) nonsense 5 Tj", "", ""];
        var media = await DescribeAsync(
            PdfFile.Of("/MediaBox [0 0 300 200]", [.. contents.Select(content => ("", Encoding.ASCII.GetBytes(content)))]));

        var (first, second, third) = (await ReadAsync(media, 1), await ReadAsync(media, 2), await ReadAsync(media, 3));

        Assert.Null(first.Note);
        Assert.Contains("damaged", second.Note, StringComparison.Ordinal);
        Assert.Null(third.Note);
        Assert.Equal(["Page 1 to 4", "Page 2", "Page 3 to 4"], _rig.Started.Of("pdftoppm").Order());
    }

    [Fact]
    public async Task A_page_whose_text_is_complained_of_spoils_a_long_run_of_texts_for_no_other()
    {
        var contents = Enumerable.Range(1, 60)
            .Select(page => $"BT /F1 18 Tf 20 100 Td (Page number {page}) Tj ET" + (page == 40 ? " (x) nonsense 5 Tj" : ""));
        var media = await DescribeAsync(
            PdfFile.Of("/MediaBox [0 0 300 200]", [.. contents.Select(content => ("", Encoding.ASCII.GetBytes(content)))]));

        for (var page = 1; page <= 60; page++)
        {
            var read = await ReadAsync(media, page);
            Assert.Equal($"Page number {page}", read.Text!.Trim());
            Assert.Equal(page == 40, read.Note is not null);
        }

        // Once for all; then for pieces; then, where that fails, too, for each page.
        Assert.Equal(["Page 1 to 24", "Page 1 to 60", "Page 25 to 48", "Page 49 to 60"], _rig.Started.Of("pdfinfo").Order());
        var single = Enumerable.Range(25, 24).Select(page => $"Page {page}").ToList();
        Assert.Equal(single, _rig.Started.Of("pdftotext").Where(subject => !subject.Contains(" to ", StringComparison.Ordinal)));
        Assert.Equal(["Page 40"], _rig.Started.Of("pdftoppm").Where(subject => !subject.Contains(" to ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_page_without_end_costs_its_neighbours_nothing_but_time()
    {
        using var rig = new MediaRig(extract: options => options.PageDeadline = TimeSpan.FromSeconds(2));
        var dashes = string.Concat(Enumerable.Repeat("[0.00001 0.00001] 0 d 1 w 0 0 m 300 200 l S\n", 500));
        string[] contents = ["BT /F1 18 Tf 20 100 Td (before) Tj ET", dashes + "BT /F1 18 Tf 20 100 Td (without end) Tj ET", ""];
        var path = rig.Folder.Write(
            "a.pdf", PdfFile.Of("/MediaBox [0 0 300 200]", [.. contents.Select(content => ("", Encoding.ASCII.GetBytes(content)))]));

        var pages = await rig.ExtractAsync(path, Small);

        Assert.Equal([1, 0, 1], pages.Select(page => page.Pictures.Count));
        Assert.Null(pages[0].Note);
        Assert.Contains("could not be drawn", pages[1].Note, StringComparison.Ordinal);
        Assert.Equal("without end", pages[1].Text!.Trim());
        Assert.Null(pages[2].Note);
    }

    [Fact]
    public async Task Reading_may_begin_anywhere_and_a_page_that_is_asked_for_again_is_read_alone()
    {
        var media = await DescribeAsync(Pages(60));

        foreach (var page in new[] { 44, 42, 43, 41, 45, 43 })
            Assert.Equal($"Page number {page}", (await ReadAsync(media, page)).Text!.Trim());

        Assert.Equal(["Page 25 to 60", "Page 43"], _rig.Started.Of("pdftoppm"));
    }

    [Fact]
    public async Task Nothing_is_read_ahead_where_another_worker_takes_every_other_page()
    {
        var media = await DescribeAsync(Pages(40));

        for (var page = 2; page <= 26; page += 2)
            Assert.Equal($"Page number {page}", (await ReadAsync(media, page)).Text!.Trim());

        Assert.Equal("Page 1 to 40", _rig.Started.Of("pdftoppm")[0]);
    }

    [Fact]
    public async Task Pages_that_nobody_asks_for_are_forgotten_after_a_while()
    {
        var time = new FakeTimeProvider();
        using var pages = new PdfPages(_rig.Get<PdfReader>(), _rig.Get<PdfRuns>(), time);
        var media = await DescribeAsync(Pages(4));
        Task<ExtractedSegment> Read(int page) =>
            pages.ReadAsync(_rig.Store.PathOf(media.Sha256), page, 4, Small, TestContext.Current.CancellationToken);

        await Read(1);
        await Read(2);
        Assert.True(pages.WaitingBytes > 0);
        time.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(0, pages.WaitingBytes);
        Assert.Equal("Page number 3", (await Read(3)).Text!.Trim());
        Assert.Equal(["Page 1 to 4", "Page 1 to 4"], _rig.Started.Of("pdftoppm"));
    }

    [Theory]
    [InlineData(20_000, 24)]
    [InlineData(1_048_576, 21)]
    [InlineData(8_388_608, 2)]
    [InlineData(67_108_864, 1)]
    public void No_more_is_read_ahead_than_its_share_of_the_memory(int pixels, int pages) =>
        Assert.Equal(pages, PdfPages.Ahead(new() { MaxPicturePixels = pixels }));

    [Fact]
    public async Task No_page_is_read_beyond_those_that_the_job_reads()
    {
        var media = await DescribeAsync(Pages(9));

        await _rig.Get<SegmentExtractor>().ExtractAsync(
            media,
            new() { Number = 0, Kind = SegmentKind.Page, Page = 1 },
            Small,
            new() { MaxPages = 2 },
            WaveOutput.Omit,
            TestContext.Current.CancellationToken);

        Assert.Equal(["Page 1 to 2"], _rig.Started.Of("pdftoppm"));
    }

    [Fact]
    public async Task Pages_that_are_asked_for_at_once_share_their_runs()
    {
        var media = await DescribeAsync(Pages(12));

        var pages = await Task.WhenAll(Enumerable.Range(1, 12).Select(page => Task.Run(() => ReadAsync(media, page))));

        Assert.Equal(Enumerable.Range(1, 12).Select(page => $"Page number {page}"), pages.Select(page => page.Text!.Trim()));
        Assert.Equal(["Page 1 to 12"], _rig.Started.Of("pdftoppm"));
    }

    [Fact]
    public async Task Whoever_waits_last_ends_the_tools()
    {
        var operators = string.Concat(Enumerable.Repeat("[0.0001 0.0001] 0 d 1 w 0 0 m 300 200 l S\n", 500));
        var media = await DescribeAsync(
            PdfFile.Of("/MediaBox [0 0 300 200]", [.. Enumerable.Repeat(("", Encoding.ASCII.GetBytes(operators)), 4)]));
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var readings = new[] { ReadAsync(media, 1, first.Token), ReadAsync(media, 2, second.Token) };

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => readings[0]);
        Assert.False(readings[1].IsCompleted);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => readings[1]);

        Assert.Empty(Processes.Mentioning(media.Sha256));
    }
}
