namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>What an engine's exception means.</summary>
/// <param name="Kind">What to do about it.</param>
/// <param name="Detail">What happened, in a sentence.</param>
/// <param name="RetryAfter">When the engine wants to be asked again; null when it does not say.</param>
public sealed record ModelFault(ModelFaultKind Kind, string Detail, TimeSpan? RetryAfter = null)
{
    /// <summary>
    /// With <see cref="ModelFaultKind.PromptTooLong"/>: the longest answer, in tokens, that there is room for; null when not known or none.
    /// </summary>
    public int? RoomForAnswer { get; init; }
}
