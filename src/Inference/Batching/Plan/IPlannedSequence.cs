namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>What the policy sees of a sequence. It decides, and changes nothing.</summary>
internal interface IPlannedSequence
{
    /// <summary>Higher goes first, whatever the group.</summary>
    int Priority { get; }

    /// <summary>The requests that it shares a turn with; set while it waits.</summary>
    IPlannedGroup? Group { get; }

    /// <summary>Its pictures and clips, in the order of the prompt.</summary>
    IReadOnlyList<IPlannedMedia> Media { get; }

    /// <summary>Whether the embeddings of all pictures and clips are there.</summary>
    bool IsEncoded { get; }

    /// <summary>The leading tokens whose state is worth keeping, or null.</summary>
    TokenPrefix? Prefix { get; }

    /// <summary>The slot that holds its state, or -1.</summary>
    int Slot { get; }

    /// <summary>Tokens that are known: the prompt, and the answer so far.</summary>
    int Known { get; }

    /// <summary>Tokens that were fed. The last known one is always left to the decode run, whose logits choose the next.</summary>
    int Past { get; }

    /// <summary>Whether it takes part in the decode run.</summary>
    bool IsDecoding { get; }

    /// <summary>Whether nobody waits for the answer any more.</summary>
    bool IsDead(DateTimeOffset now);
}
