using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Reviews;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Http.Insights;

namespace Qwen35Batch.Worker.Remote;

/// <summary>What commands ask of insights and say of them, in the ledger or through a worker.</summary>
internal interface IInsights
{
    /// <summary>A part of a list, newest first.</summary>
    /// <param name="question">Which.</param>
    /// <param name="next">Where the part before ended; null for the first.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    Task<InsightListReply> ListAsync(InsightQuestion question, long? next, CancellationToken cancellationToken);

    /// <summary>An insight with all that is known of it; null when there is none.</summary>
    Task<InsightReply?> GetAsync(long id, CancellationToken cancellationToken);

    /// <summary>Stores what a person says of fields.</summary>
    /// <param name="id">The insight.</param>
    /// <param name="basedOn">The revision that the person saw; 0 for the model's answer.</param>
    /// <param name="fields">What is said.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="CommandException">Nothing was stored; the message says why.</exception>
    Task<StoredReview> ReviewAsync(long id, int basedOn, IReadOnlyList<FieldReview> fields, CancellationToken cancellationToken);

    /// <summary>Writes a copy of media to a file.</summary>
    /// <returns>False when the worker's store has them no longer.</returns>
    Task<bool> CopyMediaAsync(MediaDescription media, string path, CancellationToken cancellationToken);
}

/// <summary>Which insights are asked for. A null matches all.</summary>
internal sealed record InsightQuestion
{
    /// <summary>What is searched for, as a person writes it; it has been read, and can be.</summary>
    public string? Search { get; init; }

    public string? Task { get; init; }

    /// <summary>Of sources that contain this text.</summary>
    public string? Source { get; init; }

    /// <summary>Those with a field whose calibrated probability is lower.</summary>
    public double? Below { get; init; }

    public bool? IsReviewed { get; init; }

    /// <summary>The largest number in one part, from 1 to 200.</summary>
    public required int Count { get; init; }
}
