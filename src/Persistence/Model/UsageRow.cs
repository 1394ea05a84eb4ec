using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Model;

/// <summary>What one insight took.</summary>
internal sealed class UsageRow
{
    public long InsightId { get; set; }

    public int InputTokens { get; set; }

    public int CachedInputTokens { get; set; }

    public int OutputTokens { get; set; }

    public int Pictures { get; set; }

    public long ModelMilliseconds { get; set; }

    public static UsageRow From(Usage usage) => new()
    {
        InputTokens = usage.InputTokens,
        CachedInputTokens = usage.CachedInputTokens,
        OutputTokens = usage.OutputTokens,
        Pictures = usage.Pictures,
        ModelMilliseconds = usage.ModelMilliseconds,
    };

    public Usage ToUsage() => new()
    {
        InputTokens = InputTokens,
        CachedInputTokens = CachedInputTokens,
        OutputTokens = OutputTokens,
        Pictures = Pictures,
        ModelMilliseconds = ModelMilliseconds,
    };
}
