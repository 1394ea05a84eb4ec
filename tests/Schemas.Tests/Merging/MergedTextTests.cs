using Qwen35Batch.Schemas.Merging;

namespace Qwen35Batch.Schemas.Tests.Merging;

/// <summary>A text fits all patterns, within the tightest lengths, and is none that is ruled out.</summary>
public class MergedTextTests
{
    [Theory]
    [InlineData("""{"minLength":2},{"minLength":3,"maxLength":9},{"maxLength":7}""", 3, 7)]
    [InlineData("""{"pattern":"^[ab]{4,40}$"},{"minLength":2}""", 4, 40)]
    [InlineData("""{"pattern":"^[ab]{4,40}$"},{"minLength":6,"maxLength":30}""", 6, 30)]
    [InlineData("""{"pattern":"^[ab]{17,}$"}""", 17, null)]
    [InlineData("""{"pattern":"a"}""", 0, null)]
    public void The_tightest_lengths_hold_those_that_patterns_say_too(string schemas, int min, int? max)
    {
        var text = Of(schemas);

        Assert.Equal((min, max), (text.MinLength, text.MaxLength));
    }

    [Theory]
    [InlineData("""{"pattern":"^a"},{"pattern":"b$"}""", "ab,aab", "a,b,ba")]
    [InlineData("""{"pattern":"^[ab]+$"},{"not":{"enum":["ab","b"]}}""", "a,aa,ba", "ab,b,c")]
    [InlineData("""{"format":"date"},{"pattern":"^2026"}""", "2026-01-31", "2025-01-31,2026-01-32")]
    public void A_text_fits_all_of_the_schemas(string schemas, string fitting, string others)
    {
        var texts = Of(schemas).Bounded("#")!;

        Assert.All(fitting.Split(','), text => Assert.True(texts.Fits(text)));
        Assert.All(others.Split(','), text => Assert.False(texts.Fits(text)));
    }

    [Fact]
    public void Patterns_that_no_text_fits_together_leave_none() => Assert.Null(Of("""{"pattern":"^a+$"},{"pattern":"^b+$"}""").Fitting);

    [Theory]
    [InlineData("""{"minLength":3},{"maxLength":2}""")]
    [InlineData("""{"pattern":"^ab$"},{"minLength":3}""")]
    public void Lengths_that_no_text_has_leave_none(string schemas) => Assert.Null(Of(schemas).Bounded("#"));

    private static MergedText Of(string schemas) => MergedText.Of(new Merge($$"""{"type":"string","allOf":[{{schemas}}]}""").Only);
}
