namespace Qwen35Batch.Inference.Decoding;

/// <summary>Logits on a device that can be lost.</summary>
/// <param name="kept">The logits; not disposed with this.</param>
/// <param name="guard">The device.</param>
internal sealed class GuardedLogits(IKeptLogits kept, DeviceGuard guard) : IKeptLogits
{
    public void Read(IReadOnlyList<BestLogits> rows) => guard.Run(() => kept.Read(rows));

    public void ReadWhole(int row, Span<float> logits) => guard.Run(logits, target => kept.ReadWhole(row, target));
}
