namespace Qwen35Batch.Worker.Http.Access;

/// <summary>What somebody may do; each may what those before it may.</summary>
public enum AccessRole
{
    /// <summary>Look at jobs, insights, media and metrics.</summary>
    Reader,

    /// <summary>Submit jobs and review insights.</summary>
    Submitter,

    /// <summary>Cancel, retry and redrive, and steer schedules.</summary>
    Operator,
}
