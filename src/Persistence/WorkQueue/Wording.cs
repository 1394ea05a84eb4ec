namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>What the ledger says itself of why something has no insight.</summary>
internal static class Wording
{
    public static string Exhausted(int attempts, string detail) => $"Tried {attempts} times; the last time: {detail}";

    public static string Crashed(int crashes) =>
        $"The worker stopped {crashes} times while it worked on this. "
        + "Look at the worker's log of that time, then retry it or leave it aside.";

    public static string BrokeEngine(int times, string detail) =>
        $"The model's engine broke off {times} times at this and answered others. "
        + $"Look at its log of that time, then retry it or leave it aside. The last time: {detail}";

    public static string NoInsight(int segments, string? firstDetail) =>
        segments == 1
            ? firstDetail ?? "Its only segment has no insight."
            : $"None of {segments} segments has an insight; the first: {firstDetail}";

    public static string DoneBefore(int files) => $"{files} of them were jobs before.";

    public const string NothingToSummarise = "No other segment has an insight to summarise.";
}
