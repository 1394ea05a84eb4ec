using Qwen35Batch.Inference.Decoding;

namespace Qwen35Batch.Inference.Batching;

/// <summary>Carries out plans. It alone calls the model, and only from the loop's thread.</summary>
internal sealed class StepRunner(
    ISequenceModel model, WaitingLine line, PrefixSnapshots prefixes, DecodeRun decode, BatchLimits limits, EngineMetrics metrics, StepTimes times,
    TimeProvider time, Action left)
{
    private readonly Sequence?[] _slots = new Sequence?[limits.StateSlots];

    /// <summary>Who holds which slot.</summary>
    public IReadOnlyList<Sequence?> Slots => _slots;

    public int Running => _slots.Count(sequence => sequence is not null);

    public void Run(BatchPlan plan)
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

        foreach (var feed in plan.Feeds)
        {
            Feed(feed);
        }

        decode.Run(_slots.AsSpan(0, plan.DecodeSlots), Fail, Finish);
        metrics.StepEnded(plan.Cut, times, Running);
    }

    /// <summary>Ends every request, waiting or running.</summary>
    public void FailAll(Func<Exception> error)
    {
        foreach (var sequence in line.Sequences.Concat(_slots).OfType<Sequence>().ToArray())
        {
            Fail(sequence, error());
        }
    }

    /// <summary>Ends a request without an answer.</summary>
    public void Fail(Sequence sequence, Exception error)
    {
        if (sequence.IsFailed)
        {
            return;
        }

        Release(sequence);
        metrics.RequestEnded(sequence.IsFinished ? "cancelled" : "failed");
        sequence.Fail(error);
    }

    private void Move(SlotMove move)
    {
        var start = times.Now;
        try
        {
            model.CopySlot(move.From, move.To, move.Sequence.Past);
            (_slots[move.From], _slots[move.To], move.Sequence.Slot) = (null, move.Sequence, move.To);
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
            line.Serve(sequence);
            left();
            sequence.Slot = slot;
            _slots[slot] = sequence;
        }
        catch (Exception error)
        {
            Fail(sequence, error);
        }
    }

    private void Feed(Feed feed)
    {
        var sequence = feed.Sequence;
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

            while (sequence.Past < feed.End)
            {
                FeedChunk(sequence, sequence.ChunkEnd(sequence.Past, feed.End, limits));
            }

            sequence.IsDecoding |= sequence.Past == sequence.Known - 1;
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
        sequence.Past = end;
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
            sequence.Slot = -1;
        }
        else if (line.Remove(sequence))
        {
            left();
        }
    }
}
