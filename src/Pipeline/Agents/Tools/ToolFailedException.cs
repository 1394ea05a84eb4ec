namespace Qwen35Batch.Pipeline.Agents.Tools;

/// <summary>A call did not work. The message is a sentence in this program's words, without foreign text.</summary>
public sealed class ToolFailedException(string message, Exception? cause = null) : Exception(message, cause);
