namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>
/// Decides what a step does. Pure: no clock, no model, no log.
/// <list type="bullet">
/// <item>Decoding sequences hold the slots 0 to n-1; a gap is closed by moving the last one into it.</item>
/// <item>At most one prompt is fed in part, and it is finished before another one starts; it holds the slot behind the decoding
/// ones.</item>
/// <item>Requests wait in the queue, not in slots: one gets a slot in the step that starts to feed it. So a late request of a small
/// group is not behind slots that a large group took in advance.</item>
/// <item>Higher priority first; within it the groups take turns; within a group the first comes first.</item>
/// </list>
/// </summary>
internal static class BatchPolicy
{
    public static BatchPlan<T> Next<T>(BatchState<T> state, BatchLimits limits)
        where T : class, IPlannedSequence => new Draft<T>(state, limits).Plan();

    /// <summary>
    /// Decides what the vision tower encodes in its next run: the pictures of those who will be served next, as many as its budget of
    /// patches takes. Embeddings take less memory than the pixels that they replace, so encoding ahead needs no other limit.
    /// </summary>
    public static IReadOnlyList<MediaToEncode<T>> NextToEncode<T>(BatchState<T> state, BatchLimits limits)
        where T : class, IPlannedSequence
    {
        List<MediaToEncode<T>> items = [];
        if (state.Waiting.All(sequence => sequence.IsEncoded))
        {
            return items;
        }

        var planned = new HashSet<string>(StringComparer.Ordinal);
        var patches = limits.VisionPatches;
        var turns = new Turns<T>(state);
        while (turns.Next() is { } sequence)
        {
            // Those who are ready take their turns, too: the order is that in which slots will be given.
            turns.Serve(sequence);
            for (var i = 0; i < sequence.Media.Count; i++)
            {
                var media = sequence.Media[i];
                if (media.IsEncoded || state.IsInFlight(media.ContentHash) || planned.Contains(media.ContentHash))
                {
                    continue;
                }

                // The first is taken whatever its size, or a large one would wait for ever; one that does not fit is not overtaken.
                if (media.PatchCount > patches && items.Count > 0)
                {
                    return items;
                }

                planned.Add(media.ContentHash);
                items.Add(new MediaToEncode<T>(sequence, i));
                patches -= media.PatchCount;
            }
        }

        return items;
    }

    /// <summary>A plan in the making.</summary>
    private sealed class Draft<T>(BatchState<T> state, BatchLimits limits)
        where T : class, IPlannedSequence
    {
        private readonly T?[] _layout = [.. state.Slots];
        private readonly List<T> _dropped = [];
        private readonly List<SlotMove<T>> _moves = [];
        private readonly List<Admission<T>> _admitted = [];
        private readonly List<PrefillPart<T>> _prefills = [];
        private int _decoding;
        private int _tokens = limits.PrefillTokens;

        public BatchPlan<T> Plan()
        {
            DropDead();
            CloseGaps();
            FeedForcedRuns();
            var limit = FinishStartedPrompt() ? Admit() : StepLimit.PrefillTokens;
            return new BatchPlan<T>
            {
                Dropped = _dropped,
                Moves = _moves,
                Admitted = _admitted,
                Prefills = _prefills,
                DecodeSlots = _decoding,
                Limit = state.Waiting.Count == _admitted.Count + _dropped.Count(sequence => sequence.Slot < 0) ? StepLimit.None : limit,
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
            for (var slot = 0; slot < _decoding; slot++)
            {
                var sequence = _layout[slot]!;
                var known = sequence.Known - 1 - sequence.Past;
                var run = limits.FixedShapes ? known : Math.Min(known, _tokens);
                if (run >= limits.ForcedRun)
                {
                    _prefills.Add(new PrefillPart<T>(sequence, sequence.Past + run));
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

        private StepLimit Admit()
        {
            if (state.Waiting.Count == 0)
            {
                return StepLimit.None;
            }

            var turns = new Turns<T>(state);
            var isUnencoded = false;
            var prefixes = new HashSet<TokenPrefix>();
            while (turns.Next() is { } sequence)
            {
                if (_decoding == limits.Slots)
                {
                    return StepLimit.Slots;
                }

                if (!sequence.IsEncoded)
                {
                    isUnencoded = true;
                    continue;
                }

                var past = sequence.Prefix is { } known && (prefixes.Contains(known) || state.IsPrefixKnown(known)) ? known.Length : 0;
                if (_tokens <= 0 || (past < sequence.Known - 1 && EndOfFeed(sequence, past) == past))
                {
                    return StepLimit.PrefillTokens;
                }

                turns.Serve(sequence);
                var isFed = FeedUpTo(sequence, past);
                _admitted.Add(new Admission<T>(sequence, isFed || !limits.FixedShapes ? _decoding : limits.Slots));
                if (!isFed)
                {
                    return StepLimit.PrefillTokens;
                }

                // Whoever comes behind in this step finds the prefix computed.
                if (sequence.Prefix is { } computed)
                {
                    prefixes.Add(computed);
                }

                _decoding++;
            }

            return isUnencoded ? StepLimit.VisionPatches : StepLimit.None;
        }

        /// <summary>How far the step's tokens take a prompt; with fixed shapes, only whole chunks count.</summary>
        private int EndOfFeed(T sequence, int past)
        {
            var all = sequence.Known - 1;
            if (!limits.FixedShapes)
            {
                return Math.Min(all, past + Math.Max(0, _tokens));
            }

            var end = past;
            while (end < all && limits.ChunkEnd(sequence.Prefix, end, all) is var next && next - past <= _tokens)
            {
                end = next;
            }

            return end;
        }

        /// <summary>Returns false when the step's tokens do not suffice for the whole.</summary>
        private bool FeedUpTo(T sequence, int past)
        {
            var end = EndOfFeed(sequence, past);
            _tokens -= end - past;
            _prefills.Add(new PrefillPart<T>(sequence, end));
            return end == sequence.Known - 1;
        }

        private void Move(int from, int to)
        {
            _moves.Add(new SlotMove<T>(_layout[from]!, from, to));
            (_layout[from], _layout[to]) = (null, _layout[from]);
        }
    }

    /// <summary>The order in which waiting requests are looked at.</summary>
    private sealed class Turns<T>(BatchState<T> state)
        where T : class, IPlannedSequence
    {
        private readonly bool[] _seen = new bool[state.Waiting.Count];
        private readonly Dictionary<IPlannedGroup, long> _served = [];
        private int _serves;

        public T? Next()
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

        public void Serve(T sequence) => _served[sequence.Group!] = long.MaxValue - state.Waiting.Count + _serves++;

        // Earlier arrivals come first in the list, so that equal ones keep their order.
        private bool IsBefore(T one, T other) =>
            one.Priority != other.Priority ? one.Priority > other.Priority : TurnOf(one) < TurnOf(other);

        private long TurnOf(T sequence) => _served.GetValueOrDefault(sequence.Group!, sequence.Group!.Turn);
    }
}
