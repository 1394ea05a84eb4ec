using System.Text;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Agents.Reports;
using Qwen35Batch.Pipeline.Agents.Reports.Pdf;
using Qwen35Batch.Pipeline.Tests.Acquire;
using SkiaSharp;

namespace Qwen35Batch.Pipeline.Tests.Agents.Reports;

public sealed class ReportPdfTests
{
    private const string NotFirst = "、。，．・：；？！々ー’”）〕］｝〉》」』】ぁぃぅぇぉっゃゅょァィゥェォッャュョ";
    private const string NotLast = "‘“（〔［｛〈《「『【";

    [Fact]
    public async Task Japanese_text_comes_back_as_it_was_written()
    {
        using var pdf = new PdfTools(SampleReports.Japanese);

        var text = await pdf.TextAsync();

        Assert.Contains(SampleReports.Japanese.Title, text, StringComparison.Ordinal);
        foreach (var section in SampleReports.Japanese.Sections)
        {
            Assert.Contains(section.Heading, text, StringComparison.Ordinal);
            foreach (var paragraph in section.Paragraphs) Assert.Contains(WithoutBlanks(paragraph.Text), text, StringComparison.Ordinal);
        }

        Assert.Contains("段落を削除しました", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("人工知能と⼈⼯知能、文と⽂、長い⻑い")]  // ideographs and the radicals that share their glyphs
    [InlineData("十～二十〜三十、ΩとΩ、µとμ")]
    [InlineData("office affluent ﬁne ffi ffl Efficient")]
    [InlineData("𠮷野家の髙橋さん、ガギグ、﨑")]
    [InlineData("Größe, naïve, Привет, Ελληνικά, 3 × 4 ≤ 12 → ∞")]
    public async Task Characters_that_look_alike_or_join_are_copied_as_they_were_written(string written)
    {
        using var pdf = new PdfTools(SampleReports.With(written));

        Assert.Contains(WithoutBlanks(written), await pdf.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Marks_are_composed_so_that_search_finds_the_word()
    {
        using var pdf = new PdfTools(SampleReports.With("カ\u3099ラスとハ\u309Aン"));

        Assert.Contains("ガラスとパン", await pdf.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fonts_are_embedded_and_cut_down_to_what_is_used()
    {
        using var pdf = new PdfTools(SampleReports.Japanese);

        var fonts = (await PdfTools.RunAsync("pdffonts", pdf.Path)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..];

        Assert.NotEmpty(fonts);
        Assert.All(fonts, font => Assert.Matches(@"CID TrueType +Identity-H +yes yes yes", font));
        Assert.True(pdf.Bytes.Length < 300_000, $"{pdf.Bytes.Length:N0} bytes: whole fonts are in it.");
    }

    [Fact]
    public void The_same_report_is_the_same_bytes()
    {
        using var first = new PdfTools(SampleReports.Japanese);
        using var second = new PdfTools(SampleReports.Japanese);
        using var other = new PdfTools(SampleReports.Japanese with { DroppedParagraphs = 3, Withheld = 41 });

        Assert.Equal(first.Bytes, second.Bytes);
        Assert.NotEqual(first.Bytes, other.Bytes);
    }

    [Fact]
    public async Task Title_and_language_are_in_the_file()
    {
        using var pdf = new PdfTools(SampleReports.Japanese);

        var info = await PdfTools.RunAsync("pdfinfo", pdf.Path);

        Assert.Contains(SampleReports.Japanese.Title, info, StringComparison.Ordinal);
        Assert.Matches(@"Pages: +1\b", info);
        Assert.Contains("/Lang (ja)", Encoding.Latin1.GetString(pdf.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_line_begins_or_ends_where_the_Japanese_rules_forbid_it()
    {
        var text = string.Concat(Enumerable.Range(1, 80).Select(number => $"「第{new string('あ', number % 7)}章」、（注）を参照。ちょっと、キャッシュー！"));
        using var pdf = new PdfTools(SampleReports.With(text));

        var lines = await pdf.LinesAsync();

        Assert.True(lines.Count > 20, $"Only {lines.Count} lines: nothing was broken.");
        Assert.All(lines, line => Assert.DoesNotContain(line.Trim()[0], NotFirst.AsEnumerable()));
        Assert.All(lines, line => Assert.DoesNotContain(line.Trim()[^1], NotLast.AsEnumerable()));
    }

    [Fact]
    public async Task A_word_of_the_west_is_not_torn_apart_and_an_endless_one_is()
    {
        var text = string.Join(' ', Enumerable.Repeat("internationalisation", 40));
        using var pdf = new PdfTools(SampleReports.With($"{text} {new string('ж', 400)}", "en"));

        var words = (await pdf.LinesAsync()).SelectMany(line => line.Split(' ')).ToList();

        Assert.Equal(40, words.Count(word => word == "internationalisation"));
        Assert.Equal(400, (await pdf.TextAsync()).Count(character => character == 'ж'));
    }

    [Fact]
    public async Task Pages_are_numbered_and_sources_named()
    {
        var section = SampleReports.Japanese.Sections[0];
        using var pdf = new PdfTools(SampleReports.Japanese with { Sections = [.. Enumerable.Repeat(section, 12)] });

        var text = await pdf.TextAsync();
        var pages = int.Parse(
            (await PdfTools.RunAsync("pdfinfo", pdf.Path)).Split('\n').Single(line => line.StartsWith("Pages:"))[6..],
            System.Globalization.CultureInfo.InvariantCulture);

        Assert.InRange(pages, 3, 8);
        for (var page = 1; page <= pages; page++) Assert.Contains($"{page}/{pages}", text, StringComparison.Ordinal);
        Assert.Contains("ではそうである。[1][2]", text, StringComparison.Ordinal);
        Assert.Contains("https://arxiv.org/abs/9901.00002v1", text, StringComparison.Ordinal);
        Assert.Contains("取得2026-11-2803:01UTC·SHA-256bbbb", text, StringComparison.Ordinal);
        Assert.Contains("メモリの使用量は文脈の長さによらない。", text, StringComparison.Ordinal);
        Assert.DoesNotContain("thisquotecarriesnothing", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_text_is_harmless_text()
    {
        var hostile = $"前\u202E\u2066後\u0007\u001B[31m\uFFFF\uD800 {new string('長', 1_000_000)}";
        var report = SampleReports.With(hostile, title: "a\u0000b\r\nc\u2028d") with
        {
            Sources = [SampleReports.First with { Title = $"\u202Eevil <script>\n/JavaScript {new string('t', 1_000_000)}" }],
        };
        using var pdf = new PdfTools(report);

        var text = await pdf.TextAsync();
        var raw = await PdfTools.RunAsync("pdftotext", "-enc", "UTF-8", pdf.Path, "-");

        Assert.Contains("前後[31m", text, StringComparison.Ordinal);
        Assert.Contains("abcd", text, StringComparison.Ordinal);
        Assert.DoesNotContain(raw, character => character is '\u202E' or '\u2066' or '\u001B' or '\a' or '\0');
        Assert.InRange(text.Length, 7_000, 10_000);
        Assert.DoesNotContain("/JavaScript", Encoding.Latin1.GetString(pdf.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_character_that_no_font_has_is_marked_and_counted()
    {
        using var pdf = new PdfTools(SampleReports.With("前\U00012000後\U00012000\U00013000"));

        var text = await pdf.TextAsync();

        Assert.Contains("前〓後〓〓", text, StringComparison.Ordinal);
        Assert.Contains("使用できるフォントにない文字が2個あり", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_font_the_sentence_names_the_package()
    {
        using var folder = new TemporaryFolder();

        var missing = Assert.Throws<ReportException>(() => ReportPdf.Write(SampleReports.Japanese, Stream.Null, [], [folder.Root]));
        var wrong = Assert.Throws<ReportException>(
            () => ReportPdf.Write(SampleReports.Japanese, Stream.Null, [folder.Write("a.ttf", "no font")], [folder.Root]));

        Assert.Contains("apt-get install fonts-ipaexfont", missing.Message, StringComparison.Ordinal);
        Assert.Contains("a.ttf", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("Agent:ReportFonts", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_has_its_cited_places_drawn_and_one_that_is_damaged_says_so()
    {
        using var folder = new TemporaryFolder();
        var picture = folder.Write("page.png", Png(400, 200));
        var broken = folder.Write("broken.png", "no picture");
        using var pdf = new PdfTools(SampleReports.With("短い。") with
        {
            Pictures =
            [
                new(picture, [new Box(0.25, 0.25, 0.5, 0.5), new Box(double.NaN, -5, 99, 99)], "図の説明"), new(broken, [], "壊れた図"),
                new(folder["gone.png"], [], "消えた図"),
            ],
        });

        var text = await pdf.TextAsync();
        using var page = SKBitmap.Decode(await pdf.PictureAsync(1));
        var red = page.Pixels.Count(color => color is { Red: > 150, Green: < 110, Blue: < 110 });

        Assert.InRange(red, 400, 6_000);
        Assert.Contains("図の説明", text, StringComparison.Ordinal);
        Assert.Contains("図を表示できません。壊れた図図を表示できません。消えた図", text, StringComparison.Ordinal);
    }

    private static byte[] Png(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(SKColors.LightGray);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        return data.ToArray();
    }

    private static string WithoutBlanks(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
}
