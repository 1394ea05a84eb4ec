using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Reading;

namespace Qwen35Batch.Worker.Run;

/// <summary>What came of a run, for a program: the one line of <c>run --json</c>.</summary>
/// <param name="ExitCode">The command's exit code.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Jobs">Jobs by state; every state is there.</param>
/// <param name="Segments">Segments by how they ended.</param>
/// <param name="Usage">What the jobs took, in this run and in earlier ones.</param>
/// <param name="Output">The file with the insights; null when none was asked for.</param>
/// <param name="Insights">The number of insights in it.</param>
/// <param name="Lacking">The jobs that did not complete, in the order of their submission.</param>
internal sealed record RunReport(
    int ExitCode, double Seconds, IReadOnlyDictionary<JobState, long> Jobs, SegmentCounts Segments, Usage Usage, string? Output,
    int? Insights, IReadOnlyList<JobSummary> Lacking);
