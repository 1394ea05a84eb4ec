using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>A worker's right to one row until its lease ends.</summary>
/// <param name="RowId">The row: a job for a <see cref="JobClaim"/>, a segment for a <see cref="SegmentClaim"/>.</param>
/// <param name="Worker">Who holds it.</param>
/// <param name="FencingToken">Grows with every claim of the row; a write with an older one is rejected.</param>
public sealed record Lease(long RowId, Guid Worker, long FencingToken);

/// <summary>A job claimed for planning.</summary>
/// <param name="Lease">The right to write its plan.</param>
/// <param name="Job">What to plan.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Crashes">How often a worker died while it held this.</param>
public sealed record JobClaim(Lease Lease, MediaJob Job, int Attempt, int Crashes);

/// <summary>A segment claimed for analysis.</summary>
/// <param name="Lease">The right to write its outcome.</param>
/// <param name="Job">What to analyse.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Crashes">How often a worker died while it held this; above 0 it is claimed alone.</param>
public sealed record SegmentClaim(Lease Lease, SegmentJob Job, int Attempt, int Crashes);
