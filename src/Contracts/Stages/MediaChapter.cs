namespace Qwen35Batch.Contracts.Stages;

/// <summary>A chapter that a video or sound file names.</summary>
/// <param name="StartSeconds">In seconds from the start of the media.</param>
/// <param name="EndSeconds">In seconds from the start of the media.</param>
/// <param name="Title">Its title, as the file has it.</param>
public sealed record MediaChapter(double StartSeconds, double EndSeconds, string Title);
