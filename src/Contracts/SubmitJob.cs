namespace Qwen35Batch.Contracts;

/// <summary>
/// Asks for one media item to be analysed, or one question to be answered, by one task. The only message that the worker accepts; it
/// carries a reference to the media, never the media itself.
/// </summary>
public sealed record SubmitJob
{
    /// <summary>The job's id, chosen by the submitter; a version 7 UUID keeps the ledger's index compact. Never empty.</summary>
    public Guid JobId { get; init; }

    /// <summary>
    /// Two submissions with the same key are the same job, without a time limit; the same key with another payload is refused as a
    /// conflict. When null, what is the same job is decided by its <see cref="JobIdentity"/>.
    /// </summary>
    public string? DedupeKey { get; init; }

    /// <summary>
    /// A local path, a <c>file:</c> URL below an allowed root, or an <c>https:</c> URL. At most 2,048 characters. Empty for a question; its
    /// job is then listed by the question's beginning.
    /// </summary>
    public string Source { get; init; } = "";

    /// <summary>What a task of an agent is asked, in at most 4,000 characters, instead of a source; null for media.</summary>
    public string? Question { get; init; }

    /// <summary>The name of a task, or <c>auto</c> to choose by the kind of media.</summary>
    public string Task { get; init; } = "auto";

    /// <summary>Settings that differ from the task's own.</summary>
    public JobOptions Options { get; init; } = new();

    /// <summary>
    /// Whether finished work is done anew: when the same job has ended already, another one is made beside it, and both answers are kept.
    /// Work that has not ended yet is waited for all the same.
    /// </summary>
    public bool Again { get; init; }

    /// <summary>Higher runs first; 0 is normal. From -100 to 100.</summary>
    public int Priority { get; init; }

    /// <summary>Returned unchanged in every event about this job. At most 200 characters.</summary>
    public string? CorrelationId { get; init; }
}
