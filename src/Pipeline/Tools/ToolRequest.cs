using CliWrap;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>One run of a tool.</summary>
internal sealed record ToolRequest
{
    /// <summary>The tool's name, such as <c>ffmpeg</c>.</summary>
    public required string Tool { get; init; }

    /// <summary>The arguments, each passed as it is.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The longest time: on the clock and of the tool's own processor time.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>What is worked on, at the start of a sentence, such as "Page 3".</summary>
    public required string Subject { get; init; }

    /// <summary>What the tool reads from standard input.</summary>
    public PipeSource Input { get; init; } = PipeSource.Null;

    /// <summary>Where standard output goes.</summary>
    public PipeTarget Output { get; init; } = PipeTarget.Null;

    /// <summary>Called with each line of standard error that is not kept as a message; returns true when it was one of its own.</summary>
    public Func<string, bool>? TakeErrorLine { get; init; }
}
