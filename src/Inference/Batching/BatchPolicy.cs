namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// Decides what a step does. Pure: no clock, no model, no log.
/// <list type="bullet">
/// <item>Decoding sequences hold the slots 0 to n-1; a gap is closed by moving the last one into it.</item>
/// <item>At most one prompt is fed in part, and it is finished before another one starts; it holds the slot behind the decoding ones.</item>
/// <item>Requests wait in the line, not in slots: one gets a slot in the step that starts to feed it. So a late request of a small
/// group is not behind slots that a large group took in advance.</item>
/// <item>Higher priority first; within it the groups take turns; within a group the first comes first.</item>
/// </list>
/// </summary>
internal static class BatchPolicy
{
    /// <summary>Says why a request can never run, or returns null.</summary>
    /// <param name="promptTokens">Tokens of the prompt.</param>
    /// <param name="outputTokens">Tokens that the answer may have, or null for what is left.</param>
    /// <param name="shortestOutput">Tokens that the answer must have at least.</param>
    /// <param name="limits">What the engine can take.</param>
    public static string? Refuse(int promptTokens, int? outputTokens, int shortestOutput, BatchLimits limits)
    {
        if (outputTokens is { } most && most < shortestOutput)
        {
            return $"The shortest answer that the grammar allows has {shortestOutput} tokens, but the request allows {most}. Raise MaxOutputTokens.";
        }

        var least = outputTokens ?? Math.Max(1, shortestOutput);
        return (long)promptTokens + least <= limits.SequenceTokens
            ? null
            : $"The request needs {promptTokens} tokens for its prompt and {least} for its answer, {(long)promptTokens + least} together, but a sequence of this engine holds {limits.SequenceTokens} (Engine:MaxSequenceTokens). Send less text, smaller pictures or fewer frames, allow a shorter answer, or raise the limit.";
    }

    public static BatchPlan Next(BatchState state, BatchLimits limits) => new Draft(state, limits).Plan();

    /// <summary>A plan in the making.</summary>
    private sealed class Draft(BatchState state, BatchLimits limits)
    {
        private readonly Sequence?[] _layout = [.. state.Slots];
        private readonly List<Sequence> _dropped = [];
        private readonly List<SlotMove> _moves = [];
        private readonly List<MediaToEncode> _encoded = [];
        private readonly List<Sequence> _admitted = [];
        private readonly List<Feed> _feeds = [];
        private int _decoding;
        private int _tokens = limits.PrefillTokens;

        public BatchPlan Plan()
        {
            DropDead();
            CloseGaps();
            FeedForcedRuns();
            var firstFreeSlot = 0;
            var cut = FinishStartedPrompt() ? Admit(out firstFreeSlot) : StepCut.PrefillTokens;
            return new BatchPlan
            {
                Dropped = _dropped,
                Moves = _moves,
                Encoded = _encoded,
                Admitted = _admitted,
                FirstFreeSlot = firstFreeSlot,
                Feeds = _feeds,
                DecodeSlots = _decoding,
                Cut = state.Waiting.Count == _admitted.Count + _dropped.Count(sequence => sequence.Slot < 0) ? StepCut.None : cut,
            };
        }

        private void DropDead()
        {
            for (var slot = 0; slot < _layout.Length; slot++)
            {
                if (_layout[slot] is { } sequence && sequence.IsDead(state.Now))
                {
                    _dropped.Add(sequence);
                    _layout[slot] = null;
                }
            }

            for (var i = 0; i < state.Waiting.Count; i++)
            {
                if (state.Waiting[i].IsDead(state.Now))
                {
                    _dropped.Add(state.Waiting[i]);
                }
            }
        }

        private void CloseGaps()
        {
            foreach (var sequence in _layout)
            {
                _decoding += sequence is { IsDecoding: true } ? 1 : 0;
            }

            var last = _layout.Length - 1;
            for (var slot = 0; slot < _decoding; slot++)
            {
                if (_layout[slot] is null)
                {
                    while (_layout[last] is not { IsDecoding: true })
                    {
                        last--;
                    }

                    Move(last, slot);
                }
            }
        }

        private void FeedForcedRuns()
        {
            for (var slot = 0; slot < _decoding && _tokens > 0; slot++)
            {
                var sequence = _layout[slot]!;
                var run = Math.Min(sequence.Known - 1 - sequence.Past, _tokens);
                if (run >= limits.ForcedRun)
                {
                    _feeds.Add(new Feed(sequence, sequence.Past + run));
                    _tokens -= run;
                }
            }
        }

        /// <summary>Returns false when the step's tokens do not suffice.</summary>
        private bool FinishStartedPrompt()
        {
            var slot = Array.FindIndex(_layout, sequence => sequence is { IsDecoding: false });
            if (slot < 0)
            {
                return true;
            }

            var sequence = _layout[slot]!;
            if (!FeedUpTo(sequence, sequence.Past))
            {
                return false;
            }

            if (slot != _decoding)
            {
                Move(slot, _decoding);
            }

            _decoding++;
            return true;
        }

        private StepCut Admit(out int firstFreeSlot)
        {
            firstFreeSlot = _decoding;
            if (state.Waiting.Count == 0)
            {
                return StepCut.None;
            }

            var turns = new Turns(state);
            var patches = new PatchBudget(state, limits, _encoded);
            var hasUnencoded = false;
            var prefixes = new HashSet<TokenPrefix>();
            while (turns.Next() is { } sequence)
            {
                if (_decoding == limits.Slots)
                {
                    return StepCut.Slots;
                }

                if (_tokens == 0)
                {
                    return StepCut.PrefillTokens;
                }

                if (!patches.Take(sequence))
                {
                    hasUnencoded = true;
                    continue;
                }

                _admitted.Add(sequence);
                turns.Serve(sequence);
                var isPrefixKnown = sequence.Prefix is { } known && (prefixes.Contains(known) || state.IsPrefixKnown(known));
                if (!FeedUpTo(sequence, isPrefixKnown ? sequence.Prefix!.Length : 0))
                {
                    return StepCut.PrefillTokens;
                }

                // Whoever comes behind in this step finds the prefix computed.
                if (sequence.Prefix is { } computed)
                {
                    prefixes.Add(computed);
                }

                _decoding++;
            }

            return hasUnencoded ? StepCut.VisionPatches : StepCut.None;
        }

        private bool FeedUpTo(Sequence sequence, int past)
        {
            var all = sequence.Known - 1;
            var end = Math.Min(all, past + _tokens);
            _tokens -= end - past;
            _feeds.Add(new Feed(sequence, end));
            return end == all;
        }

        private void Move(int from, int to)
        {
            _moves.Add(new SlotMove(_layout[from]!, from, to));
            (_layout[from], _layout[to]) = (null, _layout[from]);
        }
    }

    /// <summary>The order in which waiting requests are looked at.</summary>
    private sealed class Turns(BatchState state)
    {
        private readonly bool[] _seen = new bool[state.Waiting.Count];
        private readonly Dictionary<RequestGroup, long> _served = [];

        public Sequence? Next()
        {
            var best = -1;
            for (var i = 0; i < _seen.Length; i++)
            {
                if (!_seen[i] && !state.Waiting[i].IsDead(state.Now) && (best < 0 || IsBefore(state.Waiting[i], state.Waiting[best])))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                return null;
            }

            _seen[best] = true;
            return state.Waiting[best];
        }

        public void Serve(Sequence sequence) => _served[sequence.Group!] = long.MaxValue - state.Waiting.Count + _served.Count;

        // Earlier arrivals come first in the list, so that equal ones keep their order.
        private bool IsBefore(Sequence one, Sequence other) =>
            one.Priority != other.Priority ? one.Priority > other.Priority : TurnOf(one) < TurnOf(other);

        private long TurnOf(Sequence sequence) => _served.GetValueOrDefault(sequence.Group!, sequence.Group!.Turn);
    }

    /// <summary>The patches of a step.</summary>
    private sealed class PatchBudget(BatchState state, BatchLimits limits, List<MediaToEncode> encoded)
    {
        private readonly HashSet<string> _planned = new(StringComparer.Ordinal);
        private int _left = limits.VisionPatches;
        private bool _isSpent;

        /// <summary>Plans what a request still needs. Returns false when not all of it fits; what fits is encoded all the same.</summary>
        public bool Take(Sequence sequence)
        {
            for (var i = 0; i < sequence.Media.Count; i++)
            {
                var media = sequence.Media[i];
                if (media.Embeddings is not null || _planned.Contains(media.ContentHash) || state.IsEncoded(media.ContentHash))
                {
                    continue;
                }

                // The first is taken whatever its size, or a large one would wait for ever. Once one did not fit, none overtakes it.
                if (_isSpent || (media.PatchCount > _left && _planned.Count > 0))
                {
                    _isSpent = true;
                    return false;
                }

                _planned.Add(media.ContentHash);
                encoded.Add(new MediaToEncode(sequence, i));
                _left -= media.PatchCount;
            }

            return true;
        }
    }
}
