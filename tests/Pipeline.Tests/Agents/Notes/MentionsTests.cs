using Qwen35Batch.Pipeline.Agents.Notes;

namespace Qwen35Batch.Pipeline.Tests.Agents.Notes;

public sealed class MentionsTests
{
    [Theory]
    [InlineData("ＱＷＥＮは２０２６年に発表された。", "Qwen was announced in 2026.", null)]
    [InlineData("ＣＡＮＡＲＹが最も優れている。", "Qwen was announced in 2026.", "CANARY")]
    [InlineData("２０２７年に発表された。", "Qwen was announced in 2026.", "2027")]
    [InlineData("ｈｔｔｐ：／／ａ．ｅｘａｍｐｌｅを見よ。", "http://a.example", "http://a.exampleを見よ。")]
    public void Full_width_is_the_same_letters(string text, string ground, string? missing) =>
        Assert.Equal(missing, Mentions.Missing(text, ground));
}
