using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding.States;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// The decoder on ONNX Runtime. Slot memory is taken once; the graph updates it in place. Which states there are, and their shapes, is
/// read from the graph, so that a folder exported by onnxruntime-genai runs too.
/// A decode step also writes into the states of the idle slots among 0 to n-1: a sequence that is still being prefilled
/// belongs into a slot beyond those.
/// </summary>
internal sealed unsafe class Qwen35Model : ISequenceModel
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly TokenEmbeddings _embeddings;
    private readonly SlotState[] _states;
    private readonly TextConfig _config;
    private readonly StepCheck _check;
    private readonly bool _choosesLogits;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;

    /// <exception cref="ModelFormatException">A graph cannot be loaded or is not Qwen3.5's.</exception>
    public Qwen35Model(string folder, ModelConfig config, GraphKind? graph, SequenceModelOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Slots);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxLength);
        _config = config.Text;
        HasIndependentRows = _config.Experts is null || graph == GraphKind.Cpu;
        Slots = options.Slots;
        MaxLength = Math.Min(options.MaxLength, _config.MaxPositions);
        _check = new StepCheck(_config, Slots, MaxLength);
        var file = Path.Combine(folder, GraphNames.TextFile);
        _session = OnnxSessions.Load(file, options.Execution);
        DecoderSignature.Check(file, _session, _config);
        _choosesLogits = _session.InputMetadata.ContainsKey(GraphNames.LogitsToKeep);
        _states = [.. _session.InputMetadata.Where(input => GraphNames.IsPast(input.Key))
            .Select(input => new SlotState(input.Key, input.Value.Dimensions, Slots, MaxLength))];
        string[] common = [GraphNames.Embeddings, GraphNames.AttentionMask, GraphNames.Positions];
        _inputNames = [.. common, .. _choosesLogits ? new[] { GraphNames.LogitsToKeep } : [], .. _states.Select(state => state.Input)];
        _outputNames = [GraphNames.Logits, .. _states.Select(state => state.Output)];
        _embeddings = new TokenEmbeddings(Path.Combine(folder, GraphNames.EmbeddingFile), _config.HiddenSize, options.Execution);
    }

    public int Slots { get; }

    public int MaxLength { get; }

    public int VocabularySize => _config.VocabularySize;

    public int HiddenSize => _config.HiddenSize;

    public long BytesPerSlot => _states.Sum(state => state.SlotLength) * sizeof(float);

    /// <summary>
    /// ONNX Runtime's operators for mixtures of experts multiply, for each expert, the rows that it was chosen for: how many those are
    /// decides about kernels and the order of sums. This project's own sum every row alike.
    /// </summary>
    public bool HasIndependentRows { get; }

    public void Prefill(PrefillChunk chunk, Span<float> logits)
    {
        var kept = _check.Prefill(chunk, logits.Length);
        var count = chunk.TokenIds.Length;
        if (chunk.Past == 0)
        {
            Array.ForEach(_states, state => state.Reset(chunk.Slot));
        }

        using var embeddings = _embeddings.Embed(chunk.TokenIds.Span, 1, chunk.MediaIndexes.Span, chunk.MediaEmbeddings.Span);
        var mask = new long[chunk.Past + count];
        Array.Fill(mask, 1);
        Run(embeddings, new Step(chunk.Slot, 1, count, mask, _check.Positions(chunk.Positions.Span), kept), logits);
    }

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> past, ReadOnlySpan<int> positions, Span<float> logits)
    {
        var count = tokens.Length;
        var longest = _check.Decode(tokens, past, positions, logits.Length);
        var mask = new long[count * (longest + 1)];
        for (var row = 0; row < count; row++)
        {
            mask.AsSpan(row * (longest + 1), past[row] + 1).Fill(1);
        }

        using var embeddings = _embeddings.Embed(tokens, count, [], []);
        Run(embeddings, new Step(0, count, 1, mask, _check.AllAxes(positions), 1), logits);
    }

    public void CopySlot(int from, int to, int length)
    {
        _check.Slot(from);
        _check.Slot(to);
        _check.Length(length);
        if (from != to)
        {
            Array.ForEach(_states, state => state.Copy(from, to, length));
        }
    }

    public ISequenceSnapshot Save(int slot, int length)
    {
        _check.Slot(slot);
        _check.Length(length);
        var snapshot = new SequenceSnapshot(this, length, _states.Sum(state => state.PackedLength(length)));
        var at = 0L;
        foreach (var state in _states)
        {
            state.Save(slot, length, snapshot.Data, at);
            at += state.PackedLength(length);
        }

        return snapshot;
    }

    public void Restore(ISequenceSnapshot snapshot, int slot)
    {
        _check.Slot(slot);
        if (snapshot is not SequenceSnapshot saved || saved.Owner != this)
        {
            throw new ArgumentException("The snapshot is of another model.", nameof(snapshot));
        }

        var at = 0L;
        foreach (var state in _states)
        {
            state.Restore(saved.Data, at, saved.Length, slot);
            at += state.PackedLength(saved.Length);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _embeddings.Dispose();
        _runOptions.Dispose();
        Array.ForEach(_states, state => state.Dispose());
    }

    private void Run(OrtValue embeddings, Step step, Span<float> logits)
    {
        using var mask = OrtTensors.Of(step.Mask, step.Count, step.Mask.Length / step.Count);
        using var positions = OrtTensors.Of(step.Positions, 3, step.Count, step.Length);
        using var keep = OrtTensors.Of([step.Kept]);
        var views = _states.Select(state => state.View(step.FirstSlot, step.Count)).ToArray();
        OrtValue[] inputs = [embeddings, mask, positions, .. _choosesLogits ? new[] { keep } : [], .. views];

        // A graph that cannot choose gives the logits of every token, and the last rows are taken from them.
        var rows = _choosesLogits ? step.Kept : step.Length;
        using var all = rows == step.Kept ? null : new NativeBuffer(step.Count * (long)rows * VocabularySize);
        fixed (float* wanted = logits)
        {
            var empty = 0f;
            var target = all is not null ? all.Pointer : logits.IsEmpty ? &empty : wanted;
            using var output = OrtTensors.Over(target, step.Count * (long)rows * VocabularySize, step.Count, rows, VocabularySize);
            _session.Run(_runOptions, _inputNames, inputs, _outputNames, [output, .. views]);
        }

        if (all is not null && !logits.IsEmpty)
        {
            all.Span(all.Length - logits.Length, logits.Length).CopyTo(logits);
        }
    }

    /// <param name="FirstSlot">The first of a run of slots.</param>
    /// <param name="Count">Slots of the run.</param>
    /// <param name="Length">Tokens that each of them gets.</param>
    /// <param name="Mask"><c>[Count, longest]</c>: ones for the tokens that a sequence has after this step.</param>
    /// <param name="Positions"><c>[3, Count, Length]</c>.</param>
    /// <param name="Kept">Tokens of each whose logits are wanted.</param>
    private sealed record Step(int FirstSlot, int Count, int Length, long[] Mask, long[] Positions, int Kept);
}
