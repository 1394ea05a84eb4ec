using Qwen35Batch.Inference.Chat;

namespace Qwen35Batch.Inference.Tests.Chat;

public sealed class StreamedTextTests
{
    [Theory]
    [InlineData("\n\n|Hello| wor|ld|.\n", "Hello| wor|ld|.")]
    [InlineData("one STOP two", "one")]
    [InlineData("one| ST|ump", "one| STump")]
    [InlineData("a| |\n| b", "a \n b")]
    [InlineData("SSTOP", "S")]
    public void What_is_certain_is_passed_on(string pieces, string expected)
    {
        var text = new StreamedText(["STOP"]);

        var passed = pieces.Split('|').Select(text.Append).Append(text.Flush()).ToArray();

        Assert.Equal(expected.Replace("|", "", StringComparison.Ordinal), string.Concat(passed));
        Assert.DoesNotContain(passed, piece => piece.Contains("STOP", StringComparison.Ordinal));
    }

    [Fact]
    public void The_beginning_of_a_mark_is_held_back_until_it_turns_out_to_be_none()
    {
        var text = new StreamedText(["</end>"]);

        Assert.Equal("a", text.Append("a</e"));
        Assert.Equal("", text.Append("n"));
        Assert.Equal("</enough", text.Append("ough"));
        Assert.Equal("", text.Append("</end> more"));
        Assert.Equal("", text.Append("and more"));
        Assert.Equal("", text.Flush());
    }
}
