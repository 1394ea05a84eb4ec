using System.Runtime.ExceptionServices;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Batching;

/// <summary>Carries out plans. It alone calls the model, and only from the loop's thread.</summary>
internal sealed class StepRunner(
    ISequenceModel model, RequestQueue queue, PrefixSnapshots prefixes, DecodeRun decode, BatchLimits limits, EngineMetrics metrics,
    StepTimes times,
    TimeProvider time, Action left)
{
    private readonly Sequence?[] _slots = new Sequence?[limits.StateSlots];

    /// <summary>Who holds which slot.</summary>
    public IReadOnlyList<Sequence?> Slots => _slots;

    public int Running => _slots.Count(sequence => sequence is not null);

    public void Run(BatchPlan<Sequence> plan)
    {
        foreach (var sequence in plan.Dropped)
        {
            Fail(sequence, new TimeoutException("The request's deadline passed before its answer was complete."));
        }

        foreach (var move in plan.Moves)
        {
            Move(move);
        }

        foreach (var (sequence, slot) in plan.Admitted)
        {
            Admit(sequence, slot);
        }

        foreach (var part in plan.Prefills)
        {
            Feed(part);
        }

        decode.Run(_slots.AsSpan(0, plan.DecodeSlots), Fail, Finish);
        metrics.StepEnded(plan.Limit, times, Running);
    }

    /// <summary>Ends every request, waiting or running.</summary>
    public void FailAll(Func<Exception> error)
    {
        foreach (var sequence in queue.Sequences.Concat(_slots).OfType<Sequence>().ToArray())
        {
            Fail(sequence, error());
        }
    }

    /// <summary>Ends a request without an answer.</summary>
    /// <exception cref="DeviceLostException">The device is lost: that is no fault of the request, and ends the engine.</exception>
    public void Fail(Sequence sequence, Exception error)
    {
        if (error is DeviceLostException) ExceptionDispatchInfo.Throw(error);
        if (sequence.IsFailed)
        {
            return;
        }

        Release(sequence);
        metrics.RequestEnded(sequence.IsFinished ? "cancelled" : "failed");
        sequence.Fail(error);
    }

    private void Move(SlotMove<Sequence> move)
    {
        var start = times.Now;
        try
        {
            model.CopySlot(move.From, move.To, move.Sequence.Past);
            (_slots[move.From], _slots[move.To]) = (null, move.Sequence);
            move.Sequence.Place(move.To);
        }
        catch (Exception error)
        {
            Fail(move.Sequence, error);
        }

        times.AddCopy(start);
    }

    private void Admit(Sequence sequence, int slot)
    {
        if (sequence.IsFailed)
        {
            return;
        }

        try
        {
            sequence.JoinEmbeddings();
            queue.Serve(sequence);
            left();
            sequence.Place(slot);
            _slots[slot] = sequence;
        }
        catch (Exception error)
        {
            Fail(sequence, error);
        }
    }

    private void Feed(PrefillPart<Sequence> part)
    {
        var sequence = part.Sequence;
        if (sequence.IsFailed)
        {
            return;
        }

        try
        {
            if (sequence.Past == 0)
            {
                // Not at admission: a neighbour that is fed before it in this step may compute the prefix.
                prefixes.Restore(sequence);
            }

            while (sequence.Past < part.End)
            {
                FeedChunk(sequence, limits.ChunkEnd(sequence.Prefix, sequence.Past, part.End));
            }

            sequence.JoinDecoding();
        }
        catch (Exception error)
        {
            Fail(sequence, error);
        }
    }

    private void FeedChunk(Sequence sequence, int end)
    {
        // A snapshot is of the state right after the prefix, so a chunk ends there.
        var saves = sequence.Prefix is { } prefix && sequence.Past < prefix.Length && end >= prefix.Length && prefixes.IsWanted(prefix);
        end = saves ? sequence.Prefix!.Length : end;
        var start = times.Now;
        model.Prefill(sequence.Chunk(sequence.Past, end), []);
        times.AddModel(start);
        metrics.Prefilled(end - sequence.Past);
        sequence.Fed(end);
        if (saves)
        {
            prefixes.Save(sequence);
        }
    }

    private void Finish(Sequence sequence)
    {
        Release(sequence);
        metrics.RequestEnded("completed");
        sequence.Finish(time);
    }

    private void Release(Sequence sequence)
    {
        if (sequence.Slot >= 0)
        {
            _slots[sequence.Slot] = null;
            sequence.Leave();
        }
        else if (queue.Remove(sequence))
        {
            left();
        }
    }
}
