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

    /// <summary>
    /// Decides what the vision tower encodes in its next run: the pictures of those who will be served next, as many as its budget of patches
    /// takes. Embeddings take less memory than the pixels that they replace, so encoding ahead needs no other limit.
    /// </summary>
    public static IReadOnlyList<MediaToEncode> NextToEncode(BatchState state, BatchLimits limits)
    {
        List<MediaToEncode> items = [];
        if (state.Waiting.All(sequence => sequence.IsEncoded))
        {
            return items;
        }

        var planned = new HashSet<string>(StringComparer.Ordinal);
        var patches = limits.VisionPatches;
        var turns = new Turns(state);
        while (turns.Next() is { } sequence)
        {
            // Those who are ready take their turns, too: the order is that in which slots will be given.
            turns.Serve(sequence);
            for (var i = 0; i < sequence.Media.Count; i++)
            {
                var media = sequence.Media[i];
                if (media.Embeddings is not null || state.IsInFlight(media.ContentHash) || planned.Contains(media.ContentHash))
                {
                    continue;
                }

                // The first is taken whatever its size, or a large one would wait for ever; one that does not fit is not overtaken.
                if (media.PatchCount > patches && items.Count > 0)
                {
                    return items;
                }

                planned.Add(media.ContentHash);
                items.Add(new MediaToEncode(sequence, i));
                patches -= media.PatchCount;
            }
        }

        return items;
    }

    /// <summary>A plan in the making.</summary>
    private sealed class Draft(BatchState state, BatchLimits limits)
    {
        private readonly Sequence?[] _layout = [.. state.Slots];
        private readonly List<Sequence> _dropped = [];
        private readonly List<SlotMove> _moves = [];
        private readonly List<Admission> _admitted = [];
        private readonly List<Feed> _feeds = [];
        private int _decoding;
        private int _tokens = limits.PrefillTokens;

        public BatchPlan Plan()
        {
            DropDead();
            CloseGaps();
            FeedForcedRuns();
            var cut = FinishStartedPrompt() ? Admit() : StepCut.PrefillTokens;
            return new BatchPlan
            {
                Dropped = _dropped,
                Moves = _moves,
                Admitted = _admitted,
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
            for (var slot = 0; slot < _decoding; slot++)
            {
                var sequence = _layout[slot]!;
                var known = sequence.Known - 1 - sequence.Past;
                var run = limits.FixedShapes ? known : Math.Min(known, _tokens);
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

        private StepCut Admit()
        {
            if (state.Waiting.Count == 0)
            {
                return StepCut.None;
            }

            var turns = new Turns(state);
            var isUnencoded = false;
            var prefixes = new HashSet<TokenPrefix>();
            while (turns.Next() is { } sequence)
            {
                if (_decoding == limits.Slots)
                {
                    return StepCut.Slots;
                }

                if (!sequence.IsEncoded)
                {
                    isUnencoded = true;
                    continue;
                }

                var past = sequence.Prefix is { } known && (prefixes.Contains(known) || state.IsPrefixKnown(known)) ? known.Length : 0;
                if (_tokens <= 0 || (past < sequence.Known - 1 && EndOfFeed(sequence, past) == past))
                {
                    return StepCut.PrefillTokens;
                }

                turns.Serve(sequence);
                var isFed = FeedUpTo(sequence, past);
                _admitted.Add(new Admission(sequence, isFed || !limits.FixedShapes ? _decoding : limits.Slots));
                if (!isFed)
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

            return isUnencoded ? StepCut.VisionPatches : StepCut.None;
        }

        /// <summary>How far the step's tokens take a prompt; with fixed shapes, only whole chunks count.</summary>
        private int EndOfFeed(Sequence sequence, int past)
        {
            var all = sequence.Known - 1;
            if (!limits.FixedShapes)
            {
                return Math.Min(all, past + Math.Max(0, _tokens));
            }

            var end = past;
            while (end < all && sequence.ChunkEnd(end, all, limits) is var next && next - past <= _tokens)
            {
                end = next;
            }

            return end;
        }

        /// <summary>Returns false when the step's tokens do not suffice for the whole.</summary>
        private bool FeedUpTo(Sequence sequence, int past)
        {
            var end = EndOfFeed(sequence, past);
            _tokens -= end - past;
            _feeds.Add(new Feed(sequence, end));
            return end == sequence.Known - 1;
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
        private int _serves;

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

        public void Serve(Sequence sequence) => _served[sequence.Group!] = long.MaxValue - state.Waiting.Count + _serves++;

        // Earlier arrivals come first in the list, so that equal ones keep their order.
        private bool IsBefore(Sequence one, Sequence other) =>
            one.Priority != other.Priority ? one.Priority > other.Priority : TurnOf(one) < TurnOf(other);

        private long TurnOf(Sequence sequence) => _served.GetValueOrDefault(sequence.Group!, sequence.Group!.Turn);
    }
}
