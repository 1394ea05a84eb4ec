namespace Qwen35Batch.Contracts.Steps;

/// <summary>The job is another worker's now, or was cancelled: nothing more of it may be done here.</summary>
public sealed class StepsLostException() : Exception("The job is no longer this worker's; nothing was stored.");
