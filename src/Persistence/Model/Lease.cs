namespace Qwen35Batch.Persistence.Model;

/// <summary>A worker's right to one row until its lease ends.</summary>
/// <param name="RowId">The row: a job when it was claimed for planning, a segment when for analysis.</param>
/// <param name="Worker">Who holds it.</param>
/// <param name="FencingToken">Grows with every claim of the row; a write with an older one is rejected.</param>
public sealed record Lease(long RowId, Guid Worker, long FencingToken);
