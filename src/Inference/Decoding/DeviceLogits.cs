using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Decoding.States;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// The logits of decode steps in the memory of the device. What is allowed goes up, a bit a token and once for rows that allow the same;
/// a thousand logits with their tokens come down, and the sum of all exponentials.
/// </summary>
internal sealed unsafe class DeviceLogits : IKeptLogits, IDisposable
{
    /// <summary>Rows that are looked through at once: the device has several more rows in hand for each.</summary>
    public const int MostRows = 32;

    private static readonly string[] Inputs =
        [GraphNames.Logits, GraphNames.ChosenRows, GraphNames.Masks, GraphNames.MaskOfRow];

    private static readonly string[] Outputs =
    [
        GraphNames.LogitSum, GraphNames.Exponentials, GraphNames.BlockLogits, GraphNames.Blocks, GraphNames.BestLogits, GraphNames.Places,
    ];

    private readonly RunOptions _runOptions = new();
    private readonly InferenceSession _session;
    private readonly OrtAllocator _allocator;
    private readonly int _vocabulary;
    private readonly int _blocks;
    private readonly int _taken;
    private readonly OrtValue _all;
    private readonly Dictionary<int, OrtValue> _views = [];

    /// <param name="session">The graph that finds the best; it is disposed with this.</param>
    /// <param name="allocator">The device's, which must outlive this.</param>
    /// <param name="rows">Rows at most.</param>
    /// <param name="vocabulary">The length of a row.</param>
    public DeviceLogits(InferenceSession session, OrtAllocator allocator, int rows, int vocabulary)
    {
        (_session, _allocator, _vocabulary) = (session, allocator, vocabulary);
        (_blocks, _taken) = (LogitBlocks.Best(vocabulary), LogitBlocks.Taken(vocabulary));
        _all = OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Float, [rows, vocabulary]);
    }

    /// <summary>Bytes that went up and came down.</summary>
    public (long Up, long Down) Crossed { get; private set; }

    /// <summary>Where a step of so many rows writes.</summary>
    public OrtValue First(int rows)
    {
        if (!_views.TryGetValue(rows, out var view))
        {
            // The address of memory on a device is only a name for it.
            fixed (byte* address = _all.GetTensorMutableRawData())
            {
                view = OrtValue.CreateTensorValueWithData(
                    _allocator.Info,
                    TensorElementType.Float,
                    [rows, _vocabulary],
                    (nint)address,
                    (long)rows * _vocabulary * sizeof(float));
            }

            _views.Add(rows, view);
        }

        return view;
    }

    public void Read(IReadOnlyList<BestLogits> rows)
    {
        for (var first = 0; first < rows.Count; first += MostRows)
        {
            ReadSome([.. rows.Skip(first).Take(MostRows)]);
        }
    }

    public void ReadWhole(int row, Span<float> logits)
    {
        using var chosen = OrtTensors.OfInts([row], 1);
        using var masks = Masks(new uint[MaskLength]);
        using var zero = OrtTensors.OfInts([0], 1);
        fixed (float* target = logits)
        {
            using var whole = OrtTensors.Over(target, logits.Length, 1, _vocabulary);
            _session.Run(_runOptions, Inputs, [_all, chosen, masks, zero], [GraphNames.WholeRows], [whole]);
        }

        Count(sizeof(int) * (2 + MaskLength), sizeof(float) * logits.Length);
    }

    public void Dispose()
    {
        foreach (var view in _views.Values)
        {
            view.Dispose();
        }

        _all.Dispose();
        _session.Dispose();
        _runOptions.Dispose();
    }

    private int MaskLength => LogitBlocks.MaskLength(_vocabulary);

    private void ReadSome(BestLogits[] rows)
    {
        var (different, maskOfRow) = Different(rows);
        var n = rows.Length;
        var sums = new float[n];
        var exponentials = new float[n];
        var blockLogits = new float[n * _blocks];
        var blocks = new long[n * _blocks];
        var best = new float[blocks.Length * _taken];
        var places = new long[best.Length];
        using var chosen = OrtTensors.OfInts([.. rows.Select(row => row.Row)], n);
        using var masks = Masks(different);
        using var which = OrtTensors.OfInts(maskOfRow, n);
        using var sumsOut = OrtTensors.OfFloats(sums, n);
        using var exponentialsOut = OrtTensors.OfFloats(exponentials, n);
        using var blockLogitsOut = OrtTensors.OfFloats(blockLogits, n, _blocks, 1);
        using var blocksOut = OrtTensors.Of(blocks, n, _blocks, 1);
        using var bestOut = OrtTensors.OfFloats(best, n, _blocks, _taken);
        using var placesOut = OrtTensors.Of(places, n, _blocks, _taken);
        _session.Run(
            _runOptions,
            Inputs,
            [_all, chosen, masks, which],
            Outputs,
            [sumsOut, exponentialsOut, blockLogitsOut, blocksOut, bestOut, placesOut]);
        Count(
            sizeof(int) * ((2L * n) + different.Length),
            (sizeof(float) * ((2L * n) + blocks.Length + best.Length)) + (sizeof(long) * ((long)blocks.Length + places.Length)));
        for (var row = 0; row < n; row++)
        {
            var (at, from) = (row * _blocks, row * _blocks * _taken);
            Fill(
                rows[row],
                blockLogits.AsSpan(at, _blocks),
                blocks.AsSpan(at, _blocks),
                best.AsSpan(from, _blocks * _taken),
                places.AsSpan(from, _blocks * _taken),
                exponentials[row],
                float.IsFinite(sums[row]));
        }
    }

    private void Fill(
        BestLogits row, ReadOnlySpan<float> blockLogits, ReadOnlySpan<long> blocks, ReadOnlySpan<float> best, ReadOnlySpan<long> places,
        float sum, bool isFinite)
    {
        var width = LogitBlocks.Width(_vocabulary);
        row.Clear(Floor(blockLogits, best), sum, isFinite);
        for (var block = 0; block < blocks.Length; block++)
        {
            for (var i = block * _taken; i < (block + 1) * _taken && best[i] > row.Floor; i++)
            {
                row.Add((int)((blocks[block] * width) + places[i]), best[i]);
            }
        }
    }

    /// <summary>What a logit that was not brought down can be at most; all that are not allowed are below any.</summary>
    private float Floor(ReadOnlySpan<float> blockLogits, ReadOnlySpan<float> best)
    {
        var floor = _blocks < LogitBlocks.Count(_vocabulary) ? blockLogits[^1] : LogitBlocks.NotAllowed;
        if (_taken < LogitBlocks.Width(_vocabulary))
        {
            for (var last = _taken - 1; last < best.Length; last += _taken)
            {
                floor = Math.Max(floor, best[last]);
            }
        }

        return floor;
    }

    /// <summary>The masks that differ, one after the other, and which of them is each row's.</summary>
    private (uint[] Masks, int[] MaskOfRow) Different(BestLogits[] rows)
    {
        var owners = new List<BestLogits>();
        var maskOfRow = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var mask = rows[i].Mask;
            maskOfRow[i] = owners.FindIndex(owner => owner.Mask.Span.SequenceEqual(mask.Span));
            if (maskOfRow[i] >= 0) continue;
            maskOfRow[i] = owners.Count;
            owners.Add(rows[i]);
        }

        var masks = new uint[owners.Count * MaskLength];
        var allowed = new int[owners.Count];
        for (var i = 0; i < owners.Count; i++)
        {
            allowed[i] = Write(owners[i].Mask.Span, masks.AsSpan(i * MaskLength, MaskLength));
        }

        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].Allowed = allowed[maskOfRow[i]];
        }

        return (masks, maskOfRow);
    }

    /// <summary>Writes a mask as the graph takes it: nothing behind the vocabulary is allowed.</summary>
    /// <returns>How many tokens are allowed.</returns>
    private int Write(ReadOnlySpan<ulong> mask, Span<uint> bits)
    {
        var words = MemoryMarshal.Cast<ulong, uint>(mask);
        var (whole, rest) = Math.DivRem(_vocabulary, LogitBlocks.MaskBits);
        if (mask.IsEmpty)
            bits[..whole].Fill(uint.MaxValue);
        else
            words[..whole].CopyTo(bits);
        if (rest > 0) bits[whole] = (mask.IsEmpty ? uint.MaxValue : words[whole]) & ((1u << rest) - 1);
        var allowed = 0;
        foreach (var word in bits)
        {
            allowed += BitOperations.PopCount(word);
        }

        return allowed;
    }

    private OrtValue Masks(uint[] masks) => OrtValue.CreateTensorValueFromMemory(
        OrtMemoryInfo.DefaultInstance, masks.AsMemory(), [masks.Length / MaskLength, MaskLength]);

    private void Count(long up, long down) => Crossed = (Crossed.Up + up, Crossed.Down + down);
}
