using System.Text;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

public sealed class PdfWordsTests
{
    private const string Page = """<page width="200.000000" height="100.000000">""";

    [Fact]
    public void Words_have_their_places_as_shares_of_the_page()
    {
        var words = Parse(
            $"{Page}<line x>{Word(20, 10, 60, 30, "R&amp;D &lt;b&gt;")}<line x>{Word(0, 50, 200, 100, "x")}", false, false)!;

        Assert.Equal(["R&D <b>", "x"], words.Words.Select(word => word.Text));
        Assert.Equal([new Box(0.1, 0.1, 0.2, 0.2), new Box(0, 0.5, 1, 0.5)], words.Words.Select(word => Rounded(word.Box)));
        Assert.NotEqual(words.Words[0].Line, words.Words[1].Line);
        Assert.True(words.IsWhole);
    }

    [Fact]
    public void A_turned_pages_size_is_named_as_it_is_not_turned() =>
        Assert.Equal(
            new(0.5, 0.1, 0.5, 0.2), Rounded(Parse($"{Page}{Word(50, 20, 100, 60, "x")}", true, false)!.Words[0].Box));

    [Theory]
    [InlineData("")]
    [InlineData("<page width=\"0\" height=\"100\">")]
    [InlineData("<page width=\"1e999\" height=\"100\">")]
    [InlineData(Page)]
    [InlineData(Page + "<word xMin=\"nan\" yMin=\"1\" xMax=\"2\" yMax=\"3\">x</word>")]
    [InlineData(Page + "<word xMin=\"1\" yMin=\"1\" xMax=\"1e400\" yMax=\"3\">x</word>")]
    [InlineData(Page + "<word xMin=\"5\" yMin=\"1\" xMax=\"2\" yMax=\"3\">x</word>")]
    [InlineData(Page + "<word xMin=\"-90\" yMin=\"1\" xMax=\"5\" yMax=\"3\">x</word>")]
    [InlineData(Page + "<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"3\"> </word>")]
    [InlineData(Page + "<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"3\">unfinished")]
    [InlineData(Page + "<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"3\">\uE001\uE002</word>")]
    public void What_is_no_word_on_the_page_is_left_out(string answer) => Assert.Null(Parse(answer, false, false));

    [Fact]
    public void More_words_than_are_kept_are_said_to_be_more()
    {
        var many = Page + string.Concat(Enumerable.Repeat(Word(1, 1, 2, 3, "x"), 25_000));

        var words = Parse(many, false, false)!;

        Assert.Equal((20_000, false), (words.Words.Count, words.IsWhole));
        Assert.False(Parse($"{Page}{Word(1, 1, 2, 3, "x")}", false, isCut: true)!.IsWhole);
    }

    private static PageWords? Parse(string answer, bool isTurned, bool isCut) =>
        PdfWords.Parse(Encoding.UTF8.GetBytes(answer), isTurned, isCut);

    private static Box Rounded(Box box) =>
        new(Math.Round(box.Left, 9), Math.Round(box.Top, 9), Math.Round(box.Width, 9), Math.Round(box.Height, 9));

    private static string Word(double left, double top, double right, double bottom, string text) =>
        FormattableString.Invariant($"""<word xMin="{left}" yMin="{top}" xMax="{right}" yMax="{bottom}">{text}</word>""");
}
