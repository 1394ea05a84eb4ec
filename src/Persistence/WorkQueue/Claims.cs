using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

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
