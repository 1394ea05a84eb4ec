namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>One call for rows.</summary>
/// <param name="Id">The call.</param>
/// <param name="Worker">Who asks.</param>
/// <param name="Count">How many, at most.</param>
/// <param name="Lease">For how long.</param>
/// <param name="OthersFirst">Whether a row that runs alone is passed over while there are others.</param>
internal sealed record ClaimRequest(Guid Id, Guid Worker, int Count, TimeSpan Lease, bool OthersFirst);
