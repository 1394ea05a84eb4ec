using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Decoding;

/// <summary>The yardstick itself is measured: it must agree with the golden cases before it may judge other shapes.</summary>
public sealed class ReferenceModelTests
{
    [Theory]
    [InlineData("tiny-moe", "text-short")]
    [InlineData("tiny-dense", "text-ja")]
    [InlineData("tiny-dense", "video-one")]
    public void Plain_loops_agree_with_the_golden_logits(string folder, string name)
    {
        using var checkpoint = Checkpoint.Open(TestData.Folder(folder));
        var golden = GoldenCase.Read(Path.Combine(TestData.Cases(folder), name + ".safetensors"), checkpoint.Config);
        var hidden = checkpoint.Config.Text.HiddenSize;
        float[] embeddings = [.. golden.ImageEmbeddings, .. golden.VideoEmbeddings];
        var media = golden.MediaIndexes.Select((index, row) => (index, embeddings.AsSpan(row * hidden, hidden).ToArray()))
            .ToDictionary(entry => entry.index, entry => Array.ConvertAll(entry.Item2, value => (double)value));

        var logits = new ReferenceModel(checkpoint).Logits(golden.TokenIds, golden.Positions, media);

        var last = logits.TakeLast(golden.Logits.Length / checkpoint.Config.Text.VocabularySize).SelectMany(row => row).ToArray();
        var difference = last.Zip(golden.Logits, (ours, theirs) => Math.Abs(ours - theirs)).Max();
        Assert.InRange(difference, 0, 1e-3);
    }

    [Theory]
    [InlineData("tiny-moe", "video-odd-and-image")]
    [InlineData("tiny-dense", "image-one")]
    public void Plain_loops_agree_with_the_golden_embeddings(string folder, string name)
    {
        using var checkpoint = Checkpoint.Open(TestData.Folder(folder));
        var golden = GoldenCase.Read(Path.Combine(TestData.Cases(folder), name + ".safetensors"), checkpoint.Config);
        var vision = new ReferenceVision(checkpoint);

        var images = golden.Images.SelectMany(vision.Encode);
        var videos = golden.Videos.SelectMany(vision.Encode);

        var difference = images.Concat(videos)
            .Zip(golden.ImageEmbeddings.Concat(golden.VideoEmbeddings), (ours, theirs) => Math.Abs(ours - theirs))
            .Max();
        Assert.InRange(difference, 0, 1e-4);
    }
}
