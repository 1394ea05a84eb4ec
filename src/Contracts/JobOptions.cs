namespace Qwen35Batch.Contracts;

/// <summary>What a submitter may change of a task, for one job. A null keeps the task's own value.</summary>
public sealed record JobOptions
{
    /// <summary>The language of the answer as a BCP 47 tag, such as <c>en</c> or <c>ja</c>.</summary>
    public string? Language { get; init; }

    /// <summary>Frames per second taken from a video; above 0, at most 30.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>The largest number of pages read from a document.</summary>
    public int? MaxPages { get; init; }

    /// <summary>What is to be reached, for tasks that ask for it, such as <c>screen</c>; at most 500 characters.</summary>
    public string? Goal { get; init; }

    /// <summary>The largest number of tokens generated for one segment.</summary>
    public int? MaxOutputTokens { get; init; }
}
