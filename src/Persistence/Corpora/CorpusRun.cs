using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Corpora;

/// <summary>One pass over a corpus.</summary>
public sealed record CorpusRun
{
    /// <summary>The run.</summary>
    public required long Id { get; init; }

    /// <summary>The corpus.</summary>
    public required string Corpus { get; init; }

    /// <summary>The date in the corpus' time zone; one run a day.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When everything had been found and enqueued; null while that goes on, or when it was interrupted.</summary>
    public DateTimeOffset? EnumeratedAt { get; init; }

    /// <summary>Items enqueued because they are new or changed.</summary>
    public required int Enqueued { get; init; }

    /// <summary>Items passed over because nothing changed.</summary>
    public required int Skipped { get; init; }

    /// <summary>The run's jobs by state; every state is there.</summary>
    public required IReadOnlyDictionary<JobState, long> Jobs { get; init; }
}
