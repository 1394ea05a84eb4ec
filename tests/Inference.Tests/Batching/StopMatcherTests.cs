using System.Text;
using Qwen35Batch.Inference.Batching.Sequences;

namespace Qwen35Batch.Inference.Tests.Batching;

public sealed class StopMatcherTests
{
    [Theory]
    [InlineData("END", "a|b|EN|D", 3)]
    [InlineData("END", "ENEND", 0)]
    [InlineData("END", "E|N|E|N|D", 4)]
    [InlineData("日", "x日y", 0)]
    [InlineData("END", "E N D", -1)]
    public void A_stop_sequence_is_found_also_across_tokens(string stop, string tokens, int expected)
    {
        var matcher = new StopMatcher([Encoding.UTF8.GetBytes("something else entirely"), Encoding.UTF8.GetBytes(stop)]);

        var found = Array.FindIndex(tokens.Split('|'), token => matcher.Append(Encoding.UTF8.GetBytes(token)));

        Assert.Equal(expected, found);
    }
}
