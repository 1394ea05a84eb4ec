using System.Globalization;
using Qwen35Batch.Inference.Tokenization.BytePairs;

namespace Qwen35Batch.Inference.Tests.Tokenization;

public sealed class CanonicalFormTests
{
    [Fact]
    public void Every_case_of_the_Unicode_test_file_is_composed()
    {
        var cases = 0;
        foreach (var line in File.ReadLines(TestFiles.Path("normalization-cases.txt")).Where(l => l is not ("" or ['#', ..])))
        {
            var columns = line.Split(';').Select(Text).ToArray();
            foreach (var column in columns)
                Assert.Equal(columns[1], CanonicalForm.Compose(column));
            cases++;
        }

        Assert.True(cases > 1800);
    }

    [Fact]
    public void Characters_that_decompose_into_one_are_replaced()
    {
        Assert.Equal("\u00C5\u03A9", CanonicalForm.Compose("\u212B\u2126"));
        Assert.Equal("\u8C48", CanonicalForm.Compose("\uF900"));
        Assert.Equal("\U00020122", CanonicalForm.Compose("\U0002F803"));
    }

    [Fact]
    public void A_composed_text_is_returned_as_it_is()
    {
        const string text = "Größe, 画面の左に赤い円があります。 한국어 🎉";
        Assert.Same(text, CanonicalForm.Compose(text));
    }

    [Fact]
    public void Half_a_surrogate_pair_does_no_harm() => Assert.Equal("\uFFFD\u00E9", CanonicalForm.Compose("\uD83D" + "e\u0301"));

    private static string Text(string codePoints) =>
        string.Concat(
            codePoints.Split(' ').Select(c => char.ConvertFromUtf32(int.Parse(c, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
}
