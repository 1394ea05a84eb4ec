namespace Qwen35Batch.Pipeline.Tools;

/// <summary>How a tool ended by itself: one that was killed, crashed or could not run has no result.</summary>
/// <param name="ExitCode">0 says nothing yet: the tools exit with 0 on damaged input too.</param>
/// <param name="Messages">The first lines of standard error.</param>
internal sealed record ToolResult(int ExitCode, string Messages);
