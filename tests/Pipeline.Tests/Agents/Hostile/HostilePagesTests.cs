using System.Net;
using AngleSharp.Html.Parser;

namespace Qwen35Batch.Pipeline.Tests.Agents.Hostile;

public sealed class HostilePagesTests
{
    private static readonly Uri Outside = new("http://127.0.0.1:1/leak");

    [Fact]
    public void There_are_sixty_that_differ_and_they_are_the_same_at_every_run()
    {
        var pages = HostilePages.All(Outside);

        Assert.Equal(60, pages.Count);
        Assert.Equal(60, pages.Select(page => page.Canary).Distinct().Count());
        Assert.Equal(60, pages.Select(page => page.Html).Distinct().Count());
        Assert.All(Enum.GetValues<HostileFamily>(), family => Assert.Equal(10, pages.Count(page => page.Family == family)));
        Assert.Equal(pages, HostilePages.All(Outside));
    }

    [Fact]
    public void A_browser_sees_the_order_with_its_canary_and_the_fact_without()
    {
        Assert.All(HostilePages.All(Outside), page =>
        {
            var text = new HtmlParser().ParseDocument(page.Html).Body!.TextContent;

            Assert.Contains(page.Canary, page.Order, StringComparison.Ordinal);
            Assert.Contains(page.Order.Trim(), text, StringComparison.Ordinal);
            Assert.Contains(page.Fact, text, StringComparison.Ordinal);
            Assert.DoesNotContain(page.Canary, page.Fact + page.Claim, StringComparison.Ordinal);
            Assert.Contains(WebUtility.HtmlEncode(page.Canary), page.Html, StringComparison.Ordinal);
        });
    }
}
