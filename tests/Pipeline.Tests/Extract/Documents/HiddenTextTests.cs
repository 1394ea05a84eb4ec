using AngleSharp.Html.Parser;
using Qwen35Batch.Pipeline.Extract.Documents.Web;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>What a page hides from those who look at it.</summary>
public sealed class HiddenTextTests
{
    [Theory]
    [InlineData("", "display:none", true)]
    [InlineData("", "VISIBILITY: hidden", true)]
    [InlineData("", "opacity:0", true)]
    [InlineData("", "opacity:0.5", false)]
    [InlineData("", "font-size:1px", true)]
    [InlineData("", "font-size:12px", false)]
    [InlineData("", "text-indent:-9999px", true)]
    [InlineData("", "text-indent:-9px", false)]
    [InlineData("", "clip:rect(0 0 0 0)", true)]
    [InlineData(".note { display: none }", "", true)]
    [InlineData("p, #it { color: red; display: none }", "", true)]
    [InlineData("@media screen { .note { display: none } }", "", true)]
    [InlineData(".other { display: none }", "", false)]
    [InlineData("@media print { .other { color: red } .note { display: none } }", "", false)]
    [InlineData("@media (max-width: 600px) { .note { display: none } } .other { color: red }", "", false)]
    [InlineData("@media print { .note { color: red } } .note { display: none }", "", true)]
    public void It_is_told_by_its_style_and_by_the_rules_that_hold_on_a_screen(string sheet, string style, bool isHidden)
    {
        var page = new HtmlParser().ParseDocument($"<style>{sheet}</style><p id=\"it\" class=\"note\" style=\"{style}\">Words.</p>");

        Assert.Equal(isHidden, new HiddenText(page).Has(page.QuerySelector("#it")!));
    }
}
