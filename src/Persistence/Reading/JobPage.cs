namespace Qwen35Batch.Persistence.Reading;

/// <summary>A part of a list of jobs, newest first.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">What to ask for to get the next part; null at the end.</param>
public sealed record JobPage(IReadOnlyList<JobSummary> Jobs, long? Next);
