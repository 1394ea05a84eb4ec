using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding.States;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// The decoder with its states in the memory of the device: what crosses in a step is token ids, positions and lengths one way and logits
/// the other, whatever the context; those of decode steps stay on the device, too, unless all are wanted. A decode step works on the first
/// slots. A prompt is fed at a place of its own, since a tensor on a device begins where its buffer does, and copied into its slot before
/// the next step that needs it there.
/// </summary>
internal sealed unsafe class DeviceModel : ISequenceModel
{
    private readonly RunOptions _runOptions = new();
    private readonly TextConfig _config;
    private readonly StepCheck _check;
    private readonly StateShape[] _shapes;
    private readonly InferenceSession _session;
    private readonly StateMover _mover;
    private readonly OrtAllocator _allocator;
    private readonly DeviceStates _slots;
    private readonly DeviceStates _prompt;
    private readonly DeviceStates _nothing;
    private readonly DeviceLogits _kept;
    private readonly OrtValue _noFeatures;
    private readonly OrtValue _ignored;
    private readonly int _mostQueries;
    private readonly Lock _turn;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;

    /// <summary>The slot whose sequence is at the prompt's place, or -1; whether its slot is behind; how many tokens it holds.</summary>
    private int _promptSlot = -1;
    private bool _isAhead;
    private int _promptLength;
    private DeviceTraffic _traffic;

    /// <param name="memory">ONNX Runtime's name for the memory of the device.</param>
    /// <exception cref="ModelFormatException">A graph cannot be loaded.</exception>
    public DeviceModel(string folder, ModelConfig config, string memory, SequenceModelOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Slots);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxLength);
        _config = config.Text;
        Slots = options.Slots;
        MaxLength = Math.Min(options.MaxLength, _config.MaxPositions);
        _turn = ExecutionProviders.TurnOf(options.Execution.Provider);
        _mostQueries = ExecutionProviders.DeviceOf(options.Execution)?.MostQueries ?? int.MaxValue;
        _check = new StepCheck(_config, Slots, MaxLength);
        _session = OnnxSessions.Load(OnnxSessions.FileFor(folder, GraphNames.TextFile, options.Execution), options.Execution);
        _shapes = [.. _session.InputMetadata.Where(input => GraphNames.IsPast(input.Key))
            .Select(input => new StateShape(input.Key, input.Value.Dimensions))];
        _mover = new StateMover(OnnxSessions.Load(Path.Combine(folder, GraphNames.StatesFile), options.Execution), _shapes);
        _inputNames =
        [
            GraphNames.InputIds, GraphNames.ImageFeatures, GraphNames.RowOrder, GraphNames.SequenceShape, GraphNames.Positions,
            GraphNames.LastIndexes, GraphNames.LongestLength, GraphNames.LogitRows, .. _shapes.Select(shape => shape.Input),
        ];
        _outputNames = [GraphNames.Logits, .. _shapes.Select(shape => shape.Output)];
        using var info = new OrtMemoryInfo(memory, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
        _allocator = new OrtAllocator(_session, info);
        _slots = new DeviceStates(_shapes, Slots, MaxLength, _allocator);
        _prompt = new DeviceStates(_shapes, 1, MaxLength, _allocator);
        _nothing = new DeviceStates(_shapes, 1, 1, _allocator);
        _noFeatures = OrtValue.CreateAllocatedTensorValue(_allocator, TensorElementType.Float, [1, HiddenSize]);
        _ignored = OrtValue.CreateAllocatedTensorValue(_allocator, TensorElementType.Float, [1, VocabularySize]);
        _kept = new DeviceLogits(
            OnnxSessions.Load(Path.Combine(folder, GraphNames.BestFile), options.Execution), _allocator, Slots, VocabularySize);
        Clear();
    }

    public int Slots { get; }

    public int MaxLength { get; }

    public int VocabularySize => _config.VocabularySize;

    public int HiddenSize => _config.HiddenSize;

    public long BytesPerSlot => _shapes.Sum(shape => shape.Bytes(1, MaxLength));

    /// <summary>How a device's kernels share out their work depends on what else is in the batch.</summary>
    public bool HasIndependentRows => false;

    public DeviceTraffic? Traffic => _traffic + new DeviceTraffic(0, _kept.Crossed.Up, _kept.Crossed.Down, 0, 0, 0);

    public IKeptLogits Kept => _kept;

    public void Prefill(PrefillChunk chunk, Span<float> logits)
    {
        var wanted = _check.Prefill(chunk, logits.Length);
        var positions = _check.Positions(chunk.Positions.Span);
        TakePrompt(chunk.Slot, chunk.Past);
        var length = chunk.TokenIds.Length;
        for (var first = 0; first < length; first += _mostQueries)
        {
            var count = Math.Min(_mostQueries, length - first);

            // Those whose logits are wanted are the chunk's last.
            var kept = Math.Clamp(wanted - (length - first - count), 0, count);
            var row = first + count - kept - (length - wanted);
            Feed(chunk, positions, first, count, kept == 0 ? [] : logits.Slice(row * VocabularySize, kept * VocabularySize));
        }
    }

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> past, ReadOnlySpan<int> positions, Span<float> logits)
    {
        var count = tokens.Length;
        _check.Decode(tokens, past, positions, logits.IsEmpty ? count * VocabularySize : logits.Length);
        var axes = _check.AllAxes(positions);
        if (_promptSlot < count)
        {
            LeavePrompt();
        }

        var rows = Enumerable.Range(0, count).ToArray();
        var step = new Step(tokens.ToArray(), rows, default, [count, 1, -1], axes, past.ToArray(), rows);
        var (up, down) = Run(step, _slots.First(count), logits, _kept.First(count));
        _traffic += new DeviceTraffic(1, up, down, 0, 0, 0);
    }

    public void CopySlot(int from, int to, int length)
    {
        _check.Slot(from);
        _check.Slot(to);
        _check.Length(length);
        if (from == to)
        {
            return;
        }

        if (_promptSlot == to)
        {
            _promptSlot = -1;
        }

        var (source, row) = StatesOf(from);
        _mover.Move(source, row, _slots.All, to, length);
    }

    public ISequenceSnapshot Save(int slot, int length)
    {
        _check.Slot(slot);
        _check.Length(length);
        var states = new DeviceStates(_shapes, 1, Math.Max(length, 1), _allocator);
        try
        {
            var (source, row) = StatesOf(slot);
            _mover.Move(source, row, states.All, 0, length);
            return new DeviceSnapshot(this, _turn, length, states);
        }
        catch
        {
            states.Dispose();
            throw;
        }
    }

    public void Restore(ISequenceSnapshot snapshot, int slot)
    {
        _check.Slot(slot);
        if (snapshot is not DeviceSnapshot saved || saved.Owner != this)
        {
            throw new ArgumentException("The snapshot is of another model.", nameof(snapshot));
        }

        if (_promptSlot != slot)
        {
            LeavePrompt();
        }

        (_promptSlot, _isAhead, _promptLength) = (slot, true, saved.Length);
        _mover.Move(saved.States.All, 0, _prompt.All, 0, saved.Length);
    }

    public void Dispose()
    {
        _slots.Dispose();
        _prompt.Dispose();
        _nothing.Dispose();
        _noFeatures.Dispose();
        _ignored.Dispose();
        _kept.Dispose();
        _allocator.Dispose();
        _mover.Dispose();
        _session.Dispose();
        _runOptions.Dispose();
    }

    /// <summary>
    /// Memory of a device holds anything at first. What lies beyond a sequence's length counts with a weight of zero, which makes nothing
    /// of any number, but not of what is none.
    /// </summary>
    private void Clear()
    {
        var zeros = new float[_shapes.Max(shape => shape.Bytes(1, MaxLength)) / sizeof(float)];
        fixed (float* address = zeros)
        {
            var empty = new List<OrtValue>();
            try
            {
                foreach (var shape in _shapes)
                {
                    empty.Add(OrtTensors.Over(address, shape.Bytes(1, MaxLength) / sizeof(float), shape.Of(1, MaxLength)));
                }

                _mover.Move([.. empty], 0, _nothing.All, 0, 1);
                _mover.Move([.. empty], 0, _prompt.All, 0, MaxLength);
            }
            finally
            {
                empty.ForEach(value => value.Dispose());
            }
        }

        for (var slot = 0; slot < Slots; slot++)
        {
            _mover.Move(_prompt.All, 0, _slots.All, slot, MaxLength);
        }
    }

    /// <summary>Brings the sequence of a slot to the prompt's place; with no tokens it is a new one.</summary>
    private void TakePrompt(int slot, int length)
    {
        if (_promptSlot == slot && length > 0)
        {
            return;
        }

        if (_promptSlot != slot)
        {
            LeavePrompt();
        }

        if (length == 0)
        {
            _mover.Move(_nothing.All, 0, _prompt.All, 0, 1);
        }
        else
        {
            _mover.Move(_slots.All, slot, _prompt.All, 0, length);
        }

        _promptSlot = slot;
    }

    /// <summary>Brings the sequence at the prompt's place into its slot.</summary>
    private void LeavePrompt()
    {
        if (_promptSlot >= 0 && _isAhead)
        {
            _mover.Move(_prompt.All, 0, _slots.All, _promptSlot, _promptLength);
        }

        (_promptSlot, _isAhead) = (-1, false);
    }

    /// <summary>Feeds some tokens of a chunk to the prompt's place.</summary>
    /// <param name="logits">For the last of them, as many as it has rows.</param>
    private void Feed(PrefillChunk chunk, long[] positions, int first, int count, Span<float> logits)
    {
        var (length, end) = (chunk.TokenIds.Length, first + count);
        var media = chunk.MediaIndexes.Span;
        var (from, to) = (Before(media, first), Before(media, end));
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = from; i < to; i++)
        {
            order[media[i] - first] = count + i - from;
        }

        var wanted = Math.Max(logits.Length / VocabularySize, 1);
        var step = new Step(
            chunk.TokenIds[first..end].ToArray(),
            order,
            chunk.MediaEmbeddings[(from * HiddenSize)..(to * HiddenSize)],
            [1, count, -1],
            [.. Enumerable.Range(0, 3).SelectMany(axis => positions.AsSpan((axis * length) + first, count).ToArray())],
            [chunk.Past + end - 1],
            [.. Enumerable.Range(count - wanted, wanted)]);
        _isAhead = true;
        _promptLength = chunk.Past + end;
        var (up, down) = Run(step, _prompt.All, logits, _ignored);
        _traffic += new DeviceTraffic(0, 0, 0, count, up, down);
    }

    private static int Before(ReadOnlySpan<int> ascending, int end)
    {
        var at = ascending.BinarySearch(end);
        return at < 0 ? ~at : at;
    }

    private (OrtValue[] States, int Row) StatesOf(int slot) => slot == _promptSlot ? (_prompt.All, 0) : (_slots.All, slot);

    /// <param name="logits">Empty when they are to stay on the device.</param>
    /// <param name="kept">Where they stay.</param>
    /// <returns>Bytes that crossed.</returns>
    private (long Up, long Down) Run(Step step, OrtValue[] states, Span<float> logits, OrtValue kept)
    {
        using var tokens = OrtTensors.OfInts(step.Tokens, step.Tokens.Length);
        using var order = OrtTensors.OfInts(step.Order, step.Order.Length);
        using var shape = OrtTensors.Of(step.Shape, 3);
        using var positions = OrtTensors.Of(step.Positions, 3, step.Shape[0], step.Shape[1]);
        using var last = OrtTensors.OfInts(step.LastIndexes, step.LastIndexes.Length);
        using var longest = OrtTensors.OfInts([step.LastIndexes.Max() + 1]);
        using var rows = OrtTensors.OfInts(step.LogitRows, step.LogitRows.Length);
        using var features = step.Features.IsEmpty ? null : Features(step.Features);
        OrtValue[] inputs = [tokens, features ?? _noFeatures, order, shape, positions, last, longest, rows, .. states];
        var up = (sizeof(int) * (long)(step.Tokens.Length + step.Order.Length + step.LastIndexes.Length + 1 + step.LogitRows.Length))
            + (sizeof(long) * (step.Shape.Length + step.Positions.Length)) + (sizeof(float) * step.Features.Length);
        if (logits.IsEmpty)
        {
            _session.Run(_runOptions, _inputNames, inputs, _outputNames, [kept, .. states]);
            return (up, 0);
        }

        fixed (float* target = logits)
        {
            using var output = OrtTensors.Over(target, logits.Length, step.LogitRows.Length, VocabularySize);
            _session.Run(_runOptions, _inputNames, inputs, _outputNames, [output, .. states]);
        }

        return (up, sizeof(float) * (long)logits.Length);
    }

    private OrtValue Features(ReadOnlyMemory<float> rows) => OrtTensors.OfFloats(rows.ToArray(), rows.Length / HiddenSize, HiddenSize);

    /// <param name="Tokens">One id a row.</param>
    /// <param name="Order">Of each row that of the embeddings.</param>
    /// <param name="Features">Embeddings of pictures.</param>
    /// <param name="Shape">Sequences, tokens of each, -1.</param>
    /// <param name="Positions">On three axes.</param>
    /// <param name="LastIndexes">The place of each sequence's last token after this step.</param>
    /// <param name="LogitRows">Rows whose logits are wanted; one where none are.</param>
    private sealed record Step(
        int[] Tokens, int[] Order, ReadOnlyMemory<float> Features, long[] Shape, long[] Positions, int[] LastIndexes, int[] LogitRows);
}
