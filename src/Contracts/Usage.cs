namespace Qwen35Batch.Contracts;

/// <summary>What it took to make an insight.</summary>
public sealed record Usage
{
    /// <summary>Tokens of the prompt, those of pictures included.</summary>
    public int InputTokens { get; init; }

    /// <summary>Of <see cref="InputTokens"/>, those whose state was taken from a cache.</summary>
    public int CachedInputTokens { get; init; }

    /// <summary>Tokens generated.</summary>
    public int OutputTokens { get; init; }

    /// <summary>Pictures and frames sent.</summary>
    public int Pictures { get; init; }

    /// <summary>Milliseconds from handing the request to the model until its answer was complete.</summary>
    public long ModelMilliseconds { get; init; }

    /// <summary>Adds two usages.</summary>
    public static Usage operator +(Usage left, Usage right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new()
        {
            InputTokens = left.InputTokens + right.InputTokens,
            CachedInputTokens = left.CachedInputTokens + right.CachedInputTokens,
            OutputTokens = left.OutputTokens + right.OutputTokens,
            Pictures = left.Pictures + right.Pictures,
            ModelMilliseconds = left.ModelMilliseconds + right.ModelMilliseconds,
        };
    }

    /// <summary>Adds two usages.</summary>
    public static Usage Add(Usage left, Usage right) => left + right;
}
