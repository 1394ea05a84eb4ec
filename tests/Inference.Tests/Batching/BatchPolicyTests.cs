using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using static Qwen35Batch.Inference.Tests.Batching.EngineTest;

namespace Qwen35Batch.Inference.Tests.Batching;

public sealed class BatchPolicyTests
{
    private readonly RequestQueue _queue = new();
    private readonly List<Sequence?> _slots = [];
    private readonly HashSet<string> _inFlight = [];
    private readonly HashSet<TokenPrefix> _prefixes = [];

    [Fact]
    public void Waiting_requests_take_the_free_slots_in_order_of_arrival_and_join_the_decode_run_of_the_same_step()
    {
        var running = Decoding(0);
        var (first, second) = (Wait(Text(1, length: 10)), Wait(Text(2, length: 10)));
        Wait(Text(3, length: 10));

        var plan = Next(Limits(3));

        Assert.Equal([new Admission<Sequence>(first, 1), new Admission<Sequence>(second, 2)], plan.Admitted);
        Assert.Equal([new PrefillPart<Sequence>(first, 9), new PrefillPart<Sequence>(second, 9)], plan.Prefills);
        Assert.Equal(3, plan.DecodeSlots);
        Assert.Equal(StepLimit.Slots, plan.Limit);
        Assert.Empty(plan.Moves);
        Assert.Equal(0, running.Slot);
    }

    [Fact]
    public void A_step_with_nothing_left_to_take_is_not_cut()
    {
        Wait(Text(1));

        Assert.Equal(StepLimit.None, Next(Limits(1)).Limit);
    }

    [Fact]
    public void A_long_prompt_is_fed_in_chunks_beside_the_decode_run_and_finished_before_the_next_one_starts()
    {
        Decoding(0);
        var prompt = Wait(Text(1, length: 100));
        Wait(Text(2, length: 10));

        var first = Next(Limits(4, prefill: 64));
        Assert.Equal([new PrefillPart<Sequence>(prompt, 64)], first.Prefills);
        Assert.Equal(1, first.DecodeSlots);
        Assert.Equal(StepLimit.PrefillTokens, first.Limit);

        Apply(first);
        var second = Next(Limits(4, prefill: 64));

        Assert.Equal(new PrefillPart<Sequence>(prompt, 99), second.Prefills[0]);
        Assert.Equal(9, second.Prefills[1].End);
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

        Assert.Equal([new SlotMove<Sequence>(last, 2, 0), new SlotMove<Sequence>(prompt, 3, 2)], plan.Moves);
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

        Assert.Equal([new SlotMove<Sequence>(fifth, 5, 0), new SlotMove<Sequence>(fourth, 4, 2)], plan.Moves);
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
        Assert.Equal([new Admission<Sequence>(alive, 0)], plan.Admitted);
        Assert.Equal(1, plan.DecodeSlots);
        Assert.Equal(StepLimit.None, plan.Limit);
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
            served.AddRange(plan.Admitted.Select(admission => admission.Sequence.GroupName));
            Apply(plan);
            Free(0);
            Free(1);
        }

        Assert.Equal(["job of 100 pages", "one picture", "two pictures", "job of 100 pages", "two pictures", "job of 100 pages"], served);
    }

    [Fact]
    public void Groups_take_turns_within_one_step_however_many_slots_are_free()
    {
        foreach (var group in new[] { "a", "b" })
        {
            for (var i = 0; i < 8; i++)
            {
                Wait(Text(i, group: group));
            }
        }

        var admitted = Next(Limits(8, prefill: 1000)).Admitted.Select(admission => admission.Sequence.GroupName);

        Assert.Equal("abababab", string.Concat(admitted));
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
            served.AddRange(plan.Admitted.Select(admission => admission.Sequence));
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

        Assert.Equal([new Admission<Sequence>(urgent, 0)], Next(Limits(1)).Admitted);
    }

    [Fact]
    public void Text_passes_requests_whose_pictures_are_not_encoded_yet()
    {
        var unencoded = Wait(WithPictures(4, Picture(1), Picture(2)));
        var text = Wait(Text(1));
        var encoded = Wait(WithPictures(4, Picture(3)));
        encoded.Media[0].Set([1]);
        unencoded.Media[1].Set([1]);

        var plan = Next(Limits(8));

        Assert.Equal([new Admission<Sequence>(text, 0), new Admission<Sequence>(encoded, 1)], plan.Admitted);
        Assert.Equal(StepLimit.VisionPatches, plan.Limit);
        Assert.False(plan.IsEmpty);
    }

    [Fact]
    public void A_step_that_can_only_wait_for_the_vision_tower_is_empty()
    {
        Wait(WithPictures(4, Picture(1)));

        Assert.True(Next(Limits(8)).IsEmpty);
    }

    [Fact]
    public void Pictures_are_encoded_up_to_the_patch_budget_in_the_order_of_their_requests()
    {
        var first = Wait(WithPictures(4, Picture(1), Picture(2)));
        Wait(Text(1));
        var second = Wait(WithPictures(4, Picture(1), Picture(3)));

        Assert.Equal([new MediaToEncode<Sequence>(first, 0), new MediaToEncode<Sequence>(first, 1)], Encode(Limits(8, patches: 40)));
        Assert.Equal(
            [new MediaToEncode<Sequence>(first, 0), new MediaToEncode<Sequence>(first, 1), new MediaToEncode<Sequence>(second, 1)],
            Encode(Limits(8, patches: 48)));
    }

    [Fact]
    public void Pictures_that_are_encoded_or_in_flight_are_not_encoded_again()
    {
        var request = Wait(WithPictures(4, Picture(1), Picture(2), Picture(3)));
        request.Media[0].Set([1]);
        _inFlight.Add("picture 2");

        Assert.Equal([new MediaToEncode<Sequence>(request, 2)], Encode(Limits(1, patches: 20)));

        _inFlight.Add("picture 3");
        Assert.Empty(Encode(Limits(1, patches: 20)));
    }

    [Fact]
    public void A_picture_larger_than_the_budget_is_encoded_alone_and_not_overtaken()
    {
        var small = Wait(WithPictures(4, Picture(2)));
        var large = Wait(WithPictures(4, Picture(1, blocks: 100)));
        var last = Wait(WithPictures(4, Picture(3)));

        Assert.Equal([new MediaToEncode<Sequence>(small, 0)], Encode(Limits(2, patches: 48)));
        small.Media[0].Set([1]);
        Assert.Equal([new MediaToEncode<Sequence>(large, 0)], Encode(Limits(2, patches: 48)));
        large.Media[0].Set([1]);
        Assert.Equal([new MediaToEncode<Sequence>(last, 0)], Encode(Limits(2, patches: 48)));
    }

    [Fact]
    public void Pictures_are_encoded_in_the_order_in_which_their_groups_will_be_served()
    {
        var pages = Enumerable.Range(0, 100).Select(i => Wait(WithPictures(4, Picture(i)) with { Group = "job of 100 pages" })).ToArray();
        pages[0].Media[0].Set([1]);
        var single = Wait(WithPictures(4, Picture(1000)) with { Group = "one picture" });

        // The encoded page counts as the group's turn, though it has no slot yet.
        Assert.Equal([new MediaToEncode<Sequence>(single, 0), new MediaToEncode<Sequence>(pages[1], 0)], Encode(Limits(1, patches: 32)));
    }

    [Fact]
    public void Pictures_of_cancelled_and_expired_requests_are_not_encoded()
    {
        Wait(WithPictures(4, Picture(1)) with { Deadline = DateTimeOffset.UnixEpoch });

        Assert.Empty(Encode(Limits(1)));
    }

    [Fact]
    public void With_fixed_shapes_a_prompt_is_cut_in_the_same_places_whatever_else_the_step_feeds()
    {
        var limits = Limits(4, prefill: 64) with { FixedShapes = true };
        var (first, second) = (Wait(Text(1, length: 30)), Wait(Text(2, length: 60)));

        var plan = Next(limits);
        Assert.Equal([new PrefillPart<Sequence>(first, 29)], plan.Prefills);
        Assert.Equal([new Admission<Sequence>(first, 0)], plan.Admitted);
        Assert.Equal(StepLimit.PrefillTokens, plan.Limit);

        Apply(plan);
        Assert.Equal([new PrefillPart<Sequence>(second, 59)], Next(limits).Prefills);
    }

    [Fact]
    public void With_fixed_shapes_a_prompt_is_cut_behind_its_prefix_with_and_without_a_snapshot_of_it()
    {
        var limits = Limits(4, prefill: 64) with { FixedShapes = true };
        var sequence = Wait(Shared(1, prefix: 40, length: 120));

        Assert.Equal([new PrefillPart<Sequence>(sequence, 40)], Next(limits).Prefills);
        Assert.Equal(
            (40, 104, 119),
            (
                limits.ChunkEnd(sequence.Prefix, 0, 119),
                limits.ChunkEnd(sequence.Prefix, 40, 119),
                limits.ChunkEnd(sequence.Prefix, 104, 119)));
        Assert.Equal(64, Limits(4, prefill: 64).ChunkEnd(sequence.Prefix, 0, 119));

        _prefixes.Add(sequence.Prefix!);
        Assert.Equal([new PrefillPart<Sequence>(sequence, 104)], Next(limits).Prefills);
    }

    [Fact]
    public void With_fixed_shapes_a_prompt_that_is_fed_in_part_lies_behind_all_rows_of_the_decode_run()
    {
        var limits = Limits(4, prefill: 64) with { FixedShapes = true };
        Decoding(0);
        var prompt = Wait(Text(1, length: 100));

        var first = Next(limits);
        Assert.Equal([new Admission<Sequence>(prompt, 4)], first.Admitted);

        Apply(first);
        var second = Next(limits);
        Assert.Equal([new SlotMove<Sequence>(prompt, 4, 1)], second.Moves);
        Assert.Equal([new PrefillPart<Sequence>(prompt, 99)], second.Prefills);
        Assert.Equal(2, second.DecodeSlots);
    }

    [Fact]
    public void With_fixed_shapes_a_prompt_that_is_nothing_but_a_known_prefix_is_admitted()
    {
        var sequence = Wait(Shared(1, prefix: 40, length: 41));
        _prefixes.Add(sequence.Prefix!);

        Assert.Equal([new Admission<Sequence>(sequence, 0)], Next(Limits(1) with { FixedShapes = true }).Admitted);
        Assert.Equal([new Admission<Sequence>(sequence, 0)], Next(Limits(1)).Admitted);
    }

    [Fact]
    public void With_fixed_shapes_a_forced_run_is_not_cut()
    {
        int[] script = [-1, 1, 2, 3, 4, 5, 6, 7, 8, -1];
        var sequences = Enumerable.Range(0, 2).Select(slot => Decoding(slot, Text(slot, grammar: new ScriptGrammar(script)))).ToArray();
        foreach (var sequence in sequences)
        {
            sequence.Decoded();
            sequence.Accept(9, 0);
        }

        Assert.Equal([new PrefillPart<Sequence>(sequences[0], 28)], Next(Limits(2, prefill: 8)).Prefills);
        Assert.Equal(
            [new PrefillPart<Sequence>(sequences[0], 28), new PrefillPart<Sequence>(sequences[1], 28)],
            Next(Limits(2, prefill: 8) with { FixedShapes = true }).Prefills);
    }

    [Fact]
    public void A_known_prefix_costs_no_tokens_and_one_computed_in_the_step_serves_the_next_request()
    {
        var first = Wait(Shared(1, prefix: 40, length: 50));
        var second = Wait(Shared(2, prefix: 40, length: 50));
        var third = Wait(Shared(3, prefix: 40, length: 50));

        Assert.Equal(
            [new PrefillPart<Sequence>(first, 49), new PrefillPart<Sequence>(second, 49), new PrefillPart<Sequence>(third, 42)],
            Next(Limits(3, prefill: 60)).Prefills);

        _prefixes.Add(first.Prefix!);
        Assert.Equal(
            [new PrefillPart<Sequence>(first, 49), new PrefillPart<Sequence>(second, 49), new PrefillPart<Sequence>(third, 49)],
            Next(Limits(3, prefill: 60)).Prefills);
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
            sequence.Decoded();
            sequence.Accept(9, 0);
        }

        var plan = Next(Limits(2));

        Assert.Equal([new PrefillPart<Sequence>(first, 20 + 6)], plan.Prefills);
        Assert.Equal(2, plan.DecodeSlots);
    }

    private BatchPlan<Sequence> Next(BatchLimits limits)
    {
        while (_slots.Count < limits.StateSlots)
        {
            _slots.Add(null);
        }

        return BatchPolicy.Next(State(), limits);
    }

    private IReadOnlyList<MediaToEncode<Sequence>> Encode(BatchLimits limits) => BatchPolicy.NextToEncode(State(), limits);

    private BatchState<Sequence> State() =>
        new()
        {
            Waiting = _queue.Sequences,
            Slots = _slots,
            Now = DateTimeOffset.UnixEpoch.AddSeconds(1),
            IsPrefixKnown = _prefixes.Contains,
            IsInFlight = _inFlight.Contains
        };

    private Sequence Wait(EngineRequest request)
    {
        var sequence = New(request);
        _queue.Add(sequence);
        return sequence;
    }

    private Sequence Decoding(int slot, EngineRequest? request = null)
    {
        var sequence = New(request ?? Text(slot));
        sequence.Place(slot);
        sequence.Fed(sequence.Known - 1);
        sequence.JoinDecoding();
        while (_slots.Count <= slot)
        {
            _slots.Add(null);
        }

        _slots[slot] = sequence;
        return sequence;
    }

    private void Free(int slot) => _slots[slot] = null;

    /// <summary>Does what the loop does with a plan, as far as the policy sees it.</summary>
    private void Apply(BatchPlan<Sequence> plan)
    {
        foreach (var move in plan.Moves)
        {
            (_slots[move.From], _slots[move.To]) = (null, move.Sequence);
            move.Sequence.Place(move.To);
        }

        foreach (var (sequence, slot) in plan.Admitted)
        {
            _queue.Serve(sequence);
            sequence.Place(slot);
            _slots[slot] = sequence;
        }

        foreach (var (sequence, end) in plan.Prefills)
        {
            sequence.Fed(end);
            sequence.JoinDecoding();
        }
    }

    private static Sequence New(EngineRequest request) => new(request, request.MaxOutputTokens!.Value, Vocabulary, 0);
}
