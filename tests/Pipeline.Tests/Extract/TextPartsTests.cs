using CsCheck;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

public sealed class TextPartsTests
{
    [Fact]
    public void Parts_joined_are_the_text_and_none_is_longer_than_the_limit()
    {
        var words = Gen.OneOf(new[] { "word ", "文。", "end. ", "\n", "\n\n", "𝒳", "longlonglonglonglong" }.Select(Gen.Const).ToArray());
        Gen.Select(words.Array[0, 2_000].Select(string.Concat), Gen.Int[10, 3_000]).Sample((text, limit) =>
        {
            var parts = Enumerable.Range(0, TextParts.Count(text.Length, limit))
                .Select(number => TextParts.Get(text, number, limit).Text)
                .ToList();
            return string.Concat(parts) == text
                && parts.All(part => part.Length <= limit && (text.Length == 0 || part.Length > 0))
                && parts.All(part => part.Length == 0 || !char.IsLowSurrogate(part[0]));
        });
    }

    [Fact]
    public void A_cut_is_made_at_the_border_of_a_paragraph()
    {
        var paragraph = new string('x', 60) + " " + new string('y', 38) + "\n\n";
        var text = string.Concat(Enumerable.Repeat(paragraph, 50));

        var parts = Enumerable.Range(0, TextParts.Count(text.Length, 1_000)).Select(number => TextParts.Get(text, number, 1_000).Text);

        Assert.All(parts, part => Assert.EndsWith("\n\n", part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_text_file_is_read_in_parts()
    {
        using var rig = new MediaRig();
        var text = string.Join("\n\n", Enumerable.Range(0, 300).Select(number => $"Paragraph {number} has some words."));

        var parts = await rig.ExtractAsync(
            rig.Folder.Write("報告.md", text.Replace("\n", "\r\n", StringComparison.Ordinal)), new() { TextPartCharacters = 2_000 });

        Assert.Equal(text, string.Concat(parts.Select(part => part.Text)));
        Assert.True(parts.Count > 4);
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_refused()
    {
        using var rig = new MediaRig(extract: options => options.MaxTextLength = 100);

        Assert.Equal(Contracts.RejectionReason.TooLarge, (await rig.RejectsAsync(rig.Folder.Write("a.txt", new string('x', 101)))).Reason);
    }
}
