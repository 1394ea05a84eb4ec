namespace Qwen35Batch.Contracts.Stages;

/// <summary>One of several recordings that were joined in one file, whose times begin anew.</summary>
/// <param name="StartByte">Where it begins in the file.</param>
/// <param name="EndByte">Where the next one begins, or the file ends.</param>
/// <param name="StartSeconds">Where it begins in the time of the whole, in seconds.</param>
/// <param name="EndSeconds">Where it ends in the time of the whole, in seconds.</param>
public sealed record Recording(long StartByte, long EndByte, double StartSeconds, double EndSeconds);
