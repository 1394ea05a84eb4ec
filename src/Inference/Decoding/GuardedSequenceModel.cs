using Qwen35Batch.Inference.Decoding.States;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>A decoder on a device that can be lost, which is then told apart from a request that cannot be computed.</summary>
internal sealed class GuardedSequenceModel : ISequenceModel
{
    private readonly ISequenceModel _model;
    private readonly DeviceGuard _guard;

    /// <param name="model">The decoder; disposed with this.</param>
    /// <param name="probe">Held while the device computes, and asked after each failure; disposed with this.</param>
    public GuardedSequenceModel(ISequenceModel model, IDeviceProbe probe)
    {
        (_model, _guard) = (model, new DeviceGuard(probe));
        Kept = model.Kept is { } kept ? new GuardedLogits(kept, _guard) : null;
    }

    public int Slots => _model.Slots;

    public int MaxLength => _model.MaxLength;

    public int VocabularySize => _model.VocabularySize;

    public int HiddenSize => _model.HiddenSize;

    public long BytesPerSlot => _model.BytesPerSlot;

    public bool HasIndependentRows => _model.HasIndependentRows;

    public DeviceTraffic? Traffic => _model.Traffic;

    public IKeptLogits? Kept { get; }

    public void Prefill(PrefillChunk chunk, Span<float> logits) => _guard.Run(logits, target => _model.Prefill(chunk, target));

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> past, ReadOnlySpan<int> positions, Span<float> logits) =>
        _guard.Run(new Step(tokens, past, positions, logits), step => _model.Decode(step.Tokens, step.Past, step.Positions, step.Logits));

    public void CopySlot(int from, int to, int length) => _guard.Run(() => _model.CopySlot(from, to, length));

    public ISequenceSnapshot Save(int slot, int length) => _guard.Run(() => _model.Save(slot, length));

    public void Restore(ISequenceSnapshot snapshot, int slot) => _guard.Run(() => _model.Restore(snapshot, slot));

    public void Dispose()
    {
        _guard.Run(_model.Dispose);
        _guard.Dispose();
    }

    /// <summary>What a decode step is given.</summary>
    private readonly ref struct Step(ReadOnlySpan<int> tokens, ReadOnlySpan<int> past, ReadOnlySpan<int> positions, Span<float> logits)
    {
        public readonly ReadOnlySpan<int> Tokens = tokens;
        public readonly ReadOnlySpan<int> Past = past;
        public readonly ReadOnlySpan<int> Positions = positions;
        public readonly Span<float> Logits = logits;
    }
}
