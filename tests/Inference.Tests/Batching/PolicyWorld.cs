using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using static Qwen35Batch.Inference.Tests.Batching.EngineTest;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>Does what plans say, without a model, and checks every one of them.</summary>
/// <param name="limits">What a step may do.</param>
/// <param name="takesTurns">Whether groups must take turns: they do among texts of one priority.</param>
internal sealed class PolicyWorld(BatchLimits limits, bool takesTurns)
{
    private readonly RequestQueue _queue = new();
    private readonly Sequence?[] _slots = new Sequence?[limits.StateSlots];
    private readonly HashSet<TokenPrefix> _prefixes = [];
    private readonly HashSet<string> _encoded = [];
    private readonly Dictionary<Sequence, (CancellationTokenSource Cancellation, int At)> _cancellations = [];
    private readonly Dictionary<string, Dictionary<string, int>> _overtakings = [];
    private int _pictures;

    /// <summary>Runs until nothing is left, and returns how many requests were answered.</summary>
    public int Run(IReadOnlyList<PolicyRequest> requests)
    {
        // Every step feeds a token, encodes a picture or drops a request, unless nothing is there yet.
        var most = requests.Sum(request => request.Prompt + request.Pictures.Sum(blocks => blocks + 2) + request.Answer + 5)
            + requests.Max(request => request.Step)
            + 2;
        var answered = 0;
        for (var step = 0; requests.Any(request => request.Step >= step)
            || _queue.Sequences.Count > 0
            || _slots.Any(slot => slot is not null); step++)
        {
            Assert.True(step <= most, $"After {step} steps {_queue.Sequences.Count} requests still wait.");
            foreach (var request in requests.Where(request => request.Step == step)) Arrive(request, step);
            foreach (var (cancellation, _) in _cancellations.Values.Where(due => due.At == step)) cancellation.Cancel();
            Encode();
            answered += Apply(BatchPolicy.Next(State(), limits));
        }

        foreach (var (cancellation, _) in _cancellations.Values) cancellation.Dispose();
        return answered;
    }

    private BatchState<Sequence> State() =>
        new()
        {
            Waiting = _queue.Sequences,
            Slots = _slots,
            Now = DateTimeOffset.UnixEpoch,
            IsPrefixKnown = _prefixes.Contains,
            IsInFlight = _ => false
        };

    private void Arrive(PolicyRequest request, int step)
    {
        var sequence = new Sequence(Request(request), request.Answer, Vocabulary, 0);
        if (request.CancelledAfter > 0)
        {
            var cancellation = new CancellationTokenSource();
            sequence.CancelWith(() => { }, cancellation.Token);
            _cancellations.Add(sequence, (cancellation, step + request.CancelledAfter));
        }

        if (_queue.Sequences.All(other => other.GroupName != sequence.GroupName)) _overtakings[sequence.GroupName] = [];
        _queue.Add(sequence);
    }

    private EngineRequest Request(PolicyRequest request)
    {
        var made = request.Pictures.Length > 0
            ? WithPictures(request.Answer, [.. request.Pictures.Select(blocks => Picture(++_pictures, blocks))])
            : Shared(
                request.Prompt, Math.Min(request.Prefix, request.Prompt - 1), request.Prompt, request.Answer, family: 1 + request.Prefix);
        int[] script =
        [
            -1,
            .. Enumerable.Repeat(1, Math.Min(request.Forced, request.Answer - 1)),
            .. Enumerable.Repeat(-1, request.Answer)
        ];
        return made with
        {
            Group = $"group {request.Group}",
            Priority = request.Priority,
            Grammar = request.Forced > 0 ? new ScriptGrammar(script) : null
        };
    }

    private void Encode()
    {
        var items = BatchPolicy.NextToEncode(State(), limits);
        var media = items.Select(item => item.Sequence.Media[item.Index]).ToList();
        Assert.True(
            media.Count <= 1 || media.Sum(picture => picture.PatchCount) <= limits.VisionPatches, "The vision tower's budget is exceeded.");
        foreach (var picture in media)
        {
            Assert.True(_encoded.Add(picture.ContentHash), $"{picture.ContentHash} is encoded twice.");
            picture.Set(new float[2 * picture.TokenCount]);
        }
    }

    private int Apply(BatchPlan<Sequence> plan)
    {
        foreach (var sequence in plan.Dropped) Drop(sequence);
        foreach (var (sequence, from, to) in plan.Moves)
        {
            Assert.Same(sequence, _slots[from]);
            Assert.Null(_slots[to]);
            (_slots[from], _slots[to]) = (null, sequence);
            sequence.Place(to);
        }

        foreach (var (sequence, slot) in plan.Admitted) Admit(sequence, slot);
        var fed = plan.Prefills.Sum(Feed);
        Assert.True(fed <= limits.PrefillTokens, $"The step feeds {fed} tokens.");
        return Decode(plan.DecodeSlots);
    }

    private void Drop(Sequence sequence)
    {
        Assert.True(sequence.IsDead(DateTimeOffset.UnixEpoch));
        if (sequence.Slot < 0) _queue.Remove(sequence);
        else Free(sequence);
    }

    private void Admit(Sequence sequence, int slot)
    {
        Assert.True(sequence.IsEncoded && sequence.Slot < 0 && !sequence.IsDead(DateTimeOffset.UnixEpoch));
        Assert.Null(_slots[slot]);
        CountOvertakings(sequence.GroupName);
        _queue.Serve(sequence);
        sequence.Place(slot);
        _slots[slot] = sequence;
    }

    /// <summary>A group that waits is overtaken once at most by every other.</summary>
    private void CountOvertakings(string served)
    {
        var waiting = _queue.Sequences.Select(sequence => sequence.GroupName).ToHashSet();
        foreach (var overtakings in _overtakings.Values) overtakings[served] = overtakings.GetValueOrDefault(served) + 1;
        _overtakings[served] = [];
        foreach (var (group, overtakings) in _overtakings)
        {
            if (takesTurns && waiting.Contains(group))
            {
                Assert.All(
                    overtakings,
                    overtaking => Assert.True(overtaking.Value <= 1, $"{overtaking.Key} has overtaken {group} {overtaking.Value} times."));
            }
        }
    }

    /// <summary>Returns the tokens that count: with fixed shapes, forced runs are never cut.</summary>
    private int Feed(PrefillPart<Sequence> part)
    {
        var sequence = part.Sequence;
        Assert.Same(sequence, _slots[sequence.Slot]);
        if (sequence is { Past: 0, Prefix: { } known } && _prefixes.Contains(known)) sequence.Restored();
        Assert.InRange(part.End, 0, sequence.Known - 1);
        // The prefix of a prompt that was started earlier, and is finished in this step, may reach further than the plan could know.
        var tokens = Math.Max(0, part.End - sequence.Past);
        sequence.Fed(sequence.Past + tokens);
        if (sequence.Prefix is { } prefix && part.End >= prefix.Length) _prefixes.Add(prefix);
        var counts = !sequence.IsDecoding || !limits.FixedShapes;
        sequence.JoinDecoding();
        return counts ? tokens : 0;
    }

    private int Decode(int count)
    {
        Assert.InRange(count, 0, limits.Slots);
        var answered = 0;
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            if (_slots[slot] is not { } sequence)
            {
                Assert.True(slot >= count, $"Slot {slot} of {count} is empty.");
                continue;
            }

            Assert.Equal(slot, sequence.Slot);
            if (slot >= count) continue;
            Assert.True(sequence.IsDecoding);
            sequence.Decoded();
            if (sequence.Past < sequence.Known) continue;
            sequence.Accept(sequence.AnswerTokens.Length == 0 ? 2 : 3, 0);
            if (sequence.Answer.Cause is null) continue;
            Free(sequence);
            answered++;
        }

        return answered;
    }

    private void Free(Sequence sequence)
    {
        _slots[sequence.Slot] = null;
        sequence.Leave();
    }
}
