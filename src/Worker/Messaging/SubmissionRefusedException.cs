namespace Qwen35Batch.Worker.Messaging;

/// <summary>A message that can be read but not be accepted; it ends in the error queue with this reason.</summary>
internal sealed class SubmissionRefusedException(string reason) : Exception(reason);
