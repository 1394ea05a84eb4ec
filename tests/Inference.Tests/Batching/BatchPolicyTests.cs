using Qwen35Batch.Inference.Batching;
using static Qwen35Batch.Inference.Tests.Batching.EngineTest;

namespace Qwen35Batch.Inference.Tests.Batching;

public sealed class BatchPolicyTests
{
    private readonly WaitingLine _line = new();
    private readonly List<Sequence?> _slots = [];
    private readonly HashSet<string> _encoded = [];
    private readonly HashSet<TokenPrefix> _prefixes = [];

    [Fact]
    public void Waiting_requests_take_the_free_slots_in_order_of_arrival_and_join_the_decode_run_of_the_same_step()
    {
        var running = Decoding(0);
        var (first, second) = (Wait(Text(1, length: 10)), Wait(Text(2, length: 10)));
        Wait(Text(3, length: 10));

        var plan = Next(Limits(3));

        Assert.Equal([first, second], plan.Admitted);
        Assert.Equal(1, plan.FirstFreeSlot);
        Assert.Equal([new Feed(first, 9), new Feed(second, 9)], plan.Feeds);
        Assert.Equal(3, plan.DecodeSlots);
        Assert.Equal(StepCut.Slots, plan.Cut);
        Assert.Empty(plan.Moves);
        Assert.Equal(0, running.Slot);
    }

    [Fact]
    public void A_step_with_nothing_left_to_take_is_not_cut()
    {
        Wait(Text(1));

        Assert.Equal(StepCut.None, Next(Limits(1)).Cut);
    }

    [Fact]
    public void A_long_prompt_is_fed_in_chunks_beside_the_decode_run_and_finished_before_the_next_one_starts()
    {
        Decoding(0);
        var prompt = Wait(Text(1, length: 100));
        Wait(Text(2, length: 10));

        var first = Next(Limits(4, prefill: 64));
        Assert.Equal([new Feed(prompt, 64)], first.Feeds);
        Assert.Equal(1, first.DecodeSlots);
        Assert.Equal(StepCut.PrefillTokens, first.Cut);

        Apply(first);
        var second = Next(Limits(4, prefill: 64));

        Assert.Equal(new Feed(prompt, 99), second.Feeds[0]);
        Assert.Equal(9, second.Feeds[1].End);
        Assert.Equal(3, second.DecodeSlots);
        Assert.Empty(second.Moves);
    }

    [Fact]
    public void A_started_prompt_moves_down_when_a_slot_before_it_was_freed()
    {
        Decoding(0);
        Decoding(1);
        Decoding(2);
        var prompt = Wait(Text(3, length: 100));
        Apply(Next(Limits(4, prefill: 64)));
        Assert.Equal(3, prompt.Slot);
        var last = _slots[2]!;
        Free(0);

        var plan = Next(Limits(4, prefill: 64));

        Assert.Equal([new SlotMove(last, 2, 0), new SlotMove(prompt, 3, 2)], plan.Moves);
        Assert.Equal(3, plan.DecodeSlots);
    }

    [Fact]
    public void Gaps_are_closed_by_the_last_sequences()
    {
        for (var slot = 0; slot < 6; slot++)
        {
            Decoding(slot);
        }

        var (fourth, fifth) = (_slots[4]!, _slots[5]!);
        Free(0);
        Free(2);

        var plan = Next(Limits(6));

        Assert.Equal([new SlotMove(fifth, 5, 0), new SlotMove(fourth, 4, 2)], plan.Moves);
        Assert.Equal(4, plan.DecodeSlots);
    }

    [Fact]
    public void Cancelled_and_expired_requests_are_dropped_and_their_slots_taken_in_the_same_step()
    {
        using var cancellation = new CancellationTokenSource();
        var cancelled = Decoding(0, Text(0));
        cancelled.CancelWith(() => { }, cancellation.Token);
        var expired = Wait(Text(1) with { Deadline = DateTimeOffset.UnixEpoch });
        var alive = Wait(Text(2) with { Deadline = DateTimeOffset.UnixEpoch.AddSeconds(2) });
        cancellation.Cancel();

        var plan = Next(Limits(1));

        Assert.Equal([cancelled, expired], plan.Dropped);
        Assert.Equal([alive], plan.Admitted);
        Assert.Equal(0, plan.FirstFreeSlot);
        Assert.Equal(1, plan.DecodeSlots);
        Assert.Equal(StepCut.None, plan.Cut);
    }

    [Fact]
    public void Groups_take_turns_so_that_a_large_one_does_not_starve_a_small_one()
    {
        for (var i = 0; i < 100; i++)
        {
            Wait(Text(i, group: "job of 100 pages"));
        }

        Wait(Text(1, group: "one picture"));
        Wait(Text(1, group: "two pictures"));
        Wait(Text(2, group: "two pictures"));

        var served = new List<string>();
        for (var step = 0; step < 3; step++)
        {
            var plan = Next(Limits(2, prefill: 1000));
            served.AddRange(plan.Admitted.Select(sequence => sequence.GroupName));
            Apply(plan);
            Free(0);
            Free(1);
        }

        Assert.Equal(["job of 100 pages", "one picture", "two pictures", "job of 100 pages", "two pictures", "job of 100 pages"], served);
    }

    [Fact]
    public void A_stream_of_new_groups_does_not_overtake_one_that_waits()
    {
        Wait(Text(0, group: "a"));
        var waiting = Wait(Text(1, group: "a"));
        var served = new List<Sequence>();
        for (var step = 0; step < 4; step++)
        {
            Wait(Text(step, group: $"new {step}"));
            var plan = Next(Limits(1));
            served.AddRange(plan.Admitted);
            Apply(plan);
            Free(0);
        }

        Assert.Equal(2, served.IndexOf(waiting));
    }

    [Fact]
    public void Higher_priority_goes_first_whatever_the_group()
    {
        Wait(Text(1, group: "a"));
        Wait(Text(2, group: "b"));
        var urgent = Wait(Text(3, group: "a") with { Priority = 5 });

        Assert.Equal([urgent], Next(Limits(1)).Admitted);
    }

    [Fact]
    public void Pictures_are_encoded_up_to_the_patch_budget_and_text_passes_those_that_wait()
    {
        var first = Wait(WithPictures(4, Picture(1), Picture(2)));
        var second = Wait(WithPictures(4, Picture(3)));
        var text = Wait(Text(1));
        var third = Wait(WithPictures(4, Picture(1)));

        var plan = Next(Limits(8, patches: 40));

        Assert.Equal([new MediaToEncode(first, 0), new MediaToEncode(first, 1)], plan.Encoded);
        Assert.Equal([first, text, third], plan.Admitted);
        Assert.Equal(StepCut.VisionPatches, plan.Cut);
        Assert.DoesNotContain(second, plan.Admitted);
    }

    [Fact]
    public void A_request_with_more_pictures_than_a_step_encodes_gets_on_step_by_step()
    {
        var request = Wait(WithPictures(4, Picture(1), Picture(2), Picture(3)));

        var first = Next(Limits(1, patches: 20));
        Assert.Equal([new MediaToEncode(request, 0)], first.Encoded);
        Assert.Empty(first.Admitted);

        _encoded.Add("picture 1");
        Assert.Equal([new MediaToEncode(request, 1)], Next(Limits(1, patches: 20)).Encoded);

        _encoded.Add("picture 2");
        Assert.Equal([request], Next(Limits(1, patches: 20)).Admitted);
    }

    [Fact]
    public void A_picture_larger_than_the_budget_is_encoded_alone()
    {
        var large = Wait(WithPictures(4, Picture(1, blocks: 100)));
        Wait(WithPictures(4, Picture(2)));

        var plan = Next(Limits(2, patches: 20));

        Assert.Equal([new MediaToEncode(large, 0)], plan.Encoded);
        Assert.Equal([large], plan.Admitted);
    }

    [Fact]
    public void The_same_picture_is_encoded_once()
    {
        Wait(WithPictures(4, Picture(1), Picture(1)));
        Wait(WithPictures(4, Picture(1)));

        var plan = Next(Limits(2, prefill: 1000));

        Assert.Single(plan.Encoded);
        Assert.Equal(2, plan.Admitted.Count);
    }

    [Fact]
    public void A_known_prefix_costs_no_tokens_and_one_computed_in_the_step_serves_the_next_request()
    {
        var first = Wait(Shared(1, prefix: 40, length: 50));
        var second = Wait(Shared(2, prefix: 40, length: 50));
        var third = Wait(Shared(3, prefix: 40, length: 50));

        Assert.Equal([new Feed(first, 49), new Feed(second, 49), new Feed(third, 42)], Next(Limits(3, prefill: 60)).Feeds);

        _prefixes.Add(first.Prefix!);
        Assert.Equal([new Feed(first, 49), new Feed(second, 49), new Feed(third, 49)], Next(Limits(3, prefill: 60)).Feeds);
    }

    [Fact]
    public void A_long_forced_run_gets_a_run_of_its_own_and_a_short_one_goes_through_the_decode_run()
    {
        int[] longRun = [-1, 1, 2, 3, 4, 5, 6, -1];
        int[] shortRun = [-1, 1, 2, 3, -1];
        var first = Decoding(0, Text(0, grammar: new ScriptGrammar(longRun)));
        var second = Decoding(1, Text(1, grammar: new ScriptGrammar(shortRun)));
        foreach (var sequence in new[] { first, second })
        {
            sequence.Past = sequence.Known;
            sequence.Accept(9);
        }

        var plan = Next(Limits(2));

        Assert.Equal([new Feed(first, 20 + 6)], plan.Feeds);
        Assert.Equal(2, plan.DecodeSlots);
    }

    [Fact]
    public void An_answer_that_may_be_longer_than_the_rest_of_the_slot_is_refused_with_the_numbers()
    {
        Assert.Null(BatchPolicy.Refuse(4000, 96, 0, Limits(1)));
        Assert.Null(BatchPolicy.Refuse(4095, null, 0, Limits(1)));
        Assert.Contains("4001 tokens for its prompt and 96 for its answer, 4097 together", BatchPolicy.Refuse(4001, 96, 0, Limits(1)), StringComparison.Ordinal);
        Assert.Contains("4096 tokens for its prompt and 1 for its answer", BatchPolicy.Refuse(4096, null, 0, Limits(1)), StringComparison.Ordinal);
        Assert.Contains("4000 tokens for its prompt and 97", BatchPolicy.Refuse(4000, null, 97, Limits(1)), StringComparison.Ordinal);
    }

    private BatchPlan Next(BatchLimits limits)
    {
        while (_slots.Count < limits.Slots)
        {
            _slots.Add(null);
        }

        return BatchPolicy.Next(
            new BatchState { Waiting = _line.Sequences, Slots = _slots, Now = DateTimeOffset.UnixEpoch.AddSeconds(1), IsPrefixKnown = _prefixes.Contains, IsEncoded = _encoded.Contains },
            limits);
    }

    private Sequence Wait(EngineRequest request)
    {
        var sequence = New(request);
        _line.Add(sequence);
        return sequence;
    }

    private Sequence Decoding(int slot, EngineRequest? request = null)
    {
        var sequence = New(request ?? Text(slot));
        (sequence.Slot, sequence.IsDecoding, sequence.Past) = (slot, true, sequence.Known - 1);
        while (_slots.Count <= slot)
        {
            _slots.Add(null);
        }

        _slots[slot] = sequence;
        return sequence;
    }

    private void Free(int slot) => _slots[slot] = null;

    /// <summary>Does what the loop does with a plan, as far as the policy sees it.</summary>
    private void Apply(BatchPlan plan)
    {
        foreach (var move in plan.Moves)
        {
            (_slots[move.From], _slots[move.To], move.Sequence.Slot) = (null, move.Sequence, move.To);
        }

        for (var i = 0; i < plan.Admitted.Count; i++)
        {
            var sequence = plan.Admitted[i];
            _line.Serve(sequence);
            sequence.Slot = plan.FirstFreeSlot + i;
            _slots[sequence.Slot] = sequence;
        }

        foreach (var feed in plan.Feeds)
        {
            feed.Sequence.Past = feed.End;
            feed.Sequence.IsDecoding |= feed.End == feed.Sequence.Known - 1;
        }
    }

    private static Sequence New(EngineRequest request) => new(request, request.MaxOutputTokens!.Value, Vocabulary, 0);
}
