namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>What was opened is a device, a pipe or a socket.</summary>
internal sealed class NotARegularFileException(string path) : IOException($"'{path}' is not a regular file.");
