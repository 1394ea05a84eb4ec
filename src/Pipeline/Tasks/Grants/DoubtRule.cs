namespace Qwen35Batch.Pipeline.Tasks.Grants;

/// <summary>What becomes of a call whose effect outside may or may not have happened, since the worker was stopped.</summary>
internal enum DoubtRule
{
    /// <summary>It is not repeated, and the job goes on without it.</summary>
    Skip,

    /// <summary>A person says whether it has happened; the job waits, at most for <c>Agent:ApprovalTimeout</c>.</summary>
    Ask,

    /// <summary>It is done again: the task says that doing it twice does no harm.</summary>
    Repeat,
}
