using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Decoding.States;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>
/// A model whose logits are a hash of everything that was fed into a slot: tokens, positions, embeddings, in order. Any mix-up of slots,
/// chunks, copies or snapshots changes the answer. As in the real one, state is updated in place, so an idle row of a decode run
/// and a run that fails half-way leave rubbish behind.
/// </summary>
internal sealed class HistoryModel(int slots, int maxLength = 4096) : ISequenceModel
{
    public const int Vocabulary = 97;
    public const int EndOfText = 0;

    private readonly State[] _slots = [.. Enumerable.Range(0, slots).Select(_ => new State(0, 0, 0))];
    private readonly List<string> _violations = [];
    private int _thread;

    public int Slots => slots;

    public int MaxLength => maxLength;

    public int VocabularySize => Vocabulary;

    public int HiddenSize => 2;

    public long BytesPerSlot => 1000;

    public bool HasIndependentRows { get; init; } = true;

    public List<string> Calls { get; } = [];

    public List<int[]> DecodedPasts { get; } = [];

    public int PrefilledTokens { get; private set; }

    /// <summary>Snapshots that are not disposed.</summary>
    public int Snapshots { get; private set; }

    /// <summary>Snapshots that were ever made.</summary>
    public int Saves { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Called on the engine's thread before each decode run, with its number.</summary>
    public Action<int> BeforeDecode { get; set; } = _ => { };

    /// <summary>Called on the engine's thread before each prefill.</summary>
    public Action<PrefillChunk> BeforePrefill { get; set; } = _ => { };

    /// <summary>Decides by the first token of the sequence and its length whether feeding it throws.</summary>
    public Func<int, int, bool> Fails { get; set; } = (_, _) => false;

    /// <summary>Decides by the number of the decode run whether it throws.</summary>
    public Func<int, bool> RunFails { get; set; } = _ => false;

    /// <summary>Decides by the first token of the sequence and its length whether its logits are not numbers.</summary>
    public Func<int, int, bool> IsNaN { get; set; } = (_, _) => false;

    public static ulong Fold(ulong state, ulong value)
    {
        var mixed = (state ^ (value + 0x9E3779B97F4A7C15)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 29)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 32);
    }

    public static ulong FoldToken(ulong state, int token, int time, int height, int width) =>
        Fold(Fold(Fold(Fold(state, (ulong)token), (ulong)time), (ulong)height), (ulong)width);

    public static void WriteLogits(ulong state, Span<float> logits)
    {
        for (var id = 0; id < logits.Length; id++)
        {
            logits[id] = Fold(state, (ulong)id) % 1_000_003 / 100_000f;
        }
    }

    public void Prefill(PrefillChunk chunk, Span<float> logits)
    {
        Enter();
        BeforePrefill(chunk);
        var tokens = chunk.TokenIds.Span;
        var positions = chunk.Positions.Span;
        Calls.Add($"prefill {chunk.Slot} {chunk.Past}+{tokens.Length}");
        Assert.Equal(3 * tokens.Length, positions.Length);
        var state = chunk.Past == 0 ? new State(0, 0, tokens[0]) : _slots[chunk.Slot];
        Require(chunk.Past == state.Length, $"slot {chunk.Slot} holds {state.Length} tokens, not {chunk.Past}");
        if (Fails(state.First, state.Length + tokens.Length))
        {
            _slots[chunk.Slot] = new State(Fold(state.Hash, 666), state.Length, state.First);
            throw new InvalidDataException($"prefill of {state.First}");
        }

        var hash = state.Hash;
        for (int i = 0, media = 0; i < tokens.Length; i++)
        {
            var (time, height, width) = (positions[i], positions[tokens.Length + i], positions[(2 * tokens.Length) + i]);
            if (media < chunk.MediaIndexes.Length && chunk.MediaIndexes.Span[media] == i)
            {
                var row = chunk.MediaEmbeddings.Span.Slice(media * HiddenSize, HiddenSize);
                hash = Fold(Fold(hash, BitConverter.SingleToUInt32Bits(row[0])), BitConverter.SingleToUInt32Bits(row[1]));
                hash = FoldToken(hash, -1, time, height, width);
                media++;
            }
            else
            {
                hash = FoldToken(hash, tokens[i], time, height, width);
            }
        }

        PrefilledTokens += tokens.Length;
        _slots[chunk.Slot] = new State(hash, state.Length + tokens.Length, state.First);
        if (!logits.IsEmpty)
        {
            Write(_slots[chunk.Slot], logits);
        }
    }

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> past, ReadOnlySpan<int> positions, Span<float> logits)
    {
        Enter();
        BeforeDecode(DecodedPasts.Count);
        Calls.Add($"decode {tokens.Length}");
        DecodedPasts.Add(past.ToArray());
        var fails = RunFails(DecodedPasts.Count - 1);
        for (var row = 0; row < tokens.Length; row++)
        {
            if (past[row] == 0)
            {
                _slots[row] = new State(Fold(_slots[row].Hash, 13), 0, 0);
                continue;
            }

            var state = _slots[row];
            Require(past[row] == state.Length, $"slot {row} holds {state.Length} tokens, not {past[row]}");
            fails |= Fails(state.First, state.Length + 1);
            _slots[row] = new State(
                FoldToken(state.Hash, tokens[row], positions[row], positions[row], positions[row]), state.Length + 1, state.First);
            Write(_slots[row], logits.Slice(row * Vocabulary, Vocabulary));
        }

        if (fails)
        {
            throw new InvalidDataException("decode");
        }
    }

    public void CopySlot(int from, int to, int length)
    {
        Enter();
        Calls.Add($"copy {from}>{to}");
        Require(length == _slots[from].Length, $"slot {from} holds {_slots[from].Length} tokens, not {length}");
        _slots[to] = _slots[from];
    }

    public ISequenceSnapshot Save(int slot, int length)
    {
        Enter();
        Require(length == _slots[slot].Length, $"slot {slot} holds {_slots[slot].Length} tokens, not {length}");
        Snapshots++;
        Saves++;
        return new Snapshot(this, _slots[slot]);
    }

    public void Restore(ISequenceSnapshot snapshot, int slot)
    {
        Enter();
        var saved = Assert.IsType<Snapshot>(snapshot);
        Assert.False(saved.IsDisposed);
        Calls.Add($"restore {slot} {saved.Length}");
        _slots[slot] = saved.State;
    }

    public void Dispose()
    {
        Assert.Equal(0, Snapshots);
        Assert.Empty(_violations);
        IsDisposed = true;
    }

    private void Write(State state, Span<float> logits)
    {
        WriteLogits(state.Hash, logits);
        if (IsNaN(state.First, state.Length))
        {
            logits[5] = float.NaN;
        }
    }

    private void Enter()
    {
        if (_thread == 0)
        {
            _thread = Environment.CurrentManagedThreadId;
        }

        Require(_thread == Environment.CurrentManagedThreadId, "two threads call the model");
    }

    // The engine survives a model that throws, so what must never happen is also remembered until the end.
    private void Require(bool holds, string violation)
    {
        if (!holds)
        {
            _violations.Add(violation);
            throw new InvalidOperationException(violation);
        }
    }

    private sealed record State(ulong Hash, int Length, int First);

    private sealed class Snapshot(HistoryModel model, State state) : ISequenceSnapshot
    {
        public State State => state;

        public bool IsDisposed { get; private set; }

        public int Length => state.Length;

        public long Bytes => 100;

        public void Dispose()
        {
            Assert.False(IsDisposed);
            IsDisposed = true;
            model.Snapshots--;
        }
    }
}
