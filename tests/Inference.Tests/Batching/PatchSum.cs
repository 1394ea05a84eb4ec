using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>A vision tower whose embeddings follow from the first value of the picture and the number of the token.</summary>
internal sealed class PatchSum : IVisionEncoder
{
    public List<string[]> Runs { get; } = [];

    public Func<VisionPatches, bool> Fails { get; set; } = _ => false;

    /// <summary>Called on the thread of the run, with its number.</summary>
    public Action<int> BeforeRun { get; set; } = _ => { };

    public bool IsDisposed { get; private set; }

    public static float[] Embed(VisionPatches media) =>
        [.. Enumerable.Range(0, media.TokenCount).SelectMany(token => new[] { media.Values[0] + token, media.Values[0] * 3 })];

    public IReadOnlyList<float[]> Encode(IReadOnlyList<VisionPatches> media)
    {
        BeforeRun(Runs.Count);
        Runs.Add([.. media.Select(item => item.ContentHash)]);
        return media.Any(Fails) ? throw new InvalidDataException("vision " + Runs.Count) : [.. media.Select(Embed)];
    }

    public void Dispose() => IsDisposed = true;
}
