namespace Qwen35Batch.Worker.Configuration;

/// <summary>A command that cannot be carried out: the message is shown as it is, and the exit code is 1.</summary>
internal sealed class CommandException(string message) : Exception(message);
