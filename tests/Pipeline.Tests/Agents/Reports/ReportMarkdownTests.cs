using Qwen35Batch.Pipeline.Agents.Reports;

namespace Qwen35Batch.Pipeline.Tests.Agents.Reports;

public sealed class ReportMarkdownTests
{
    [Fact]
    public void It_has_title_sections_numbers_and_sources()
    {
        var lines = ReportMarkdown.Write(SampleReports.Japanese).Split('\n');

        Assert.Equal("# 混合エキスパートモデルに関する最近の研究", lines[0]);
        Assert.Contains("## 背景", lines);
        Assert.Contains(lines, line => line.EndsWith("ではそうである。 [\\[1\\]](#source-1) [\\[2\\]](#source-2)", StringComparison.Ordinal));
        Assert.Contains(
            "<a id=\"source-1\"></a>\\[1\\] A made-up paper on delta rules <https://arxiv.org/abs/9901.00001v1> "
                + $"(取得 2026-11-28 03:01 UTC, sha256 `{new string('b', 64)}`)",
            lines);
        Assert.Contains("> only a few experts are active for each token", lines);
        Assert.Contains(lines, line => line.Contains("2個の段落を削除しました", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("![p](http://a.example/CANARY)", "\\!\\[p\\]\\(http\\://a.example/CANARY\\)")]
    [InlineData("<img src=x>", "\\<img src\\=x\\>")]
    [InlineData("# no heading", "\\# no heading")]
    [InlineData("- no list", "\\- no list")]
    [InlineData("12. no list", "12\\. no list")]
    [InlineData("a\n\n# b", "a \\# b")]
    [InlineData("www.a.example and a@b.example", "www\\.a.example and a\\@b.example")]
    [InlineData("`code` *x* _y_ | ~z~ &amp; $1", "\\`code\\` \\*x\\* \\_y\\_ \\| \\~z\\~ \\&amp; \\$1")]
    [InlineData("back\\slash", "back\\\\slash")]
    [InlineData("\u202Ehidden\u200B", "hidden")]
    public void Foreign_text_is_no_Markdown(string text, string escaped) =>
        Assert.Contains($"\n{escaped} [", ReportMarkdown.Write(SampleReports.With(text)), StringComparison.Ordinal);

    [Fact]
    public void An_address_of_another_scheme_is_no_link()
    {
        var source = SampleReports.First with { Address = new("javascript:alert(1)") };

        var text = ReportMarkdown.Write(SampleReports.Japanese with { Sources = [source] });

        Assert.Contains("javascript:alert\\(1\\)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<javascript", text, StringComparison.Ordinal);
    }
}
