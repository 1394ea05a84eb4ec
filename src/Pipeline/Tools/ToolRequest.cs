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

    /// <summary>What tells the content of standard input from that of other runs, such as its hash or the file it is of.</summary>
    public string InputName { get; init; } = "";

    /// <summary>Where standard output goes.</summary>
    public PipeTarget Output { get; init; } = PipeTarget.Null;

    /// <summary>Called with each line of standard error that is not kept as a message; returns true when it was one of its own.</summary>
    public Func<string, bool>? TakeErrorLine { get; init; }

    /// <summary>
    /// Whether there is something else to read when the tool crashes or takes too long: that is then told the first time, and not tried
    /// once more.
    /// </summary>
    public bool HasFallback { get; init; }

    /// <summary>The program's full path, when it is none of the tools' folder; null finds <see cref="Tool"/> there.</summary>
    public string? Program { get; init; }

    /// <summary>Its address space, in bytes; null for what the options give a tool.</summary>
    public long? AddressSpaceBytes { get; init; }

    /// <summary>How many files it may have open.</summary>
    public int OpenFiles { get; init; } = 128;

    /// <summary>
    /// Whether it writes much, and with the C library's buffer of a few kilobytes: with a larger one, neither side is woken for each of
    /// those.
    /// </summary>
    public bool WritesMuch { get; init; }

    /// <summary>Variables of its environment.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>();

    /// <summary>What is said when its memory did not suffice; null for the options' own words.</summary>
    public string? OutOfMemory { get; init; }

    /// <summary>The same for the same run of the same tool on the same input.</summary>
    public string Identity => string.Join('\0', [Tool, InputName, .. Arguments]);
}
