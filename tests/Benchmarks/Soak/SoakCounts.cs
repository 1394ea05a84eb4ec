namespace Qwen35Batch.Benchmarks.Soak;

/// <summary>What is in the ledger.</summary>
internal sealed record SoakCounts(long Jobs, long Ended, long Completed, long Quarantined, long Insights, long Unsent, long Crashes)
{
    public override string ToString() =>
        $"{Jobs} jobs, {Ended} ended, {Completed} completed, {Insights} insights, {Quarantined} quarantined, {Crashes} crashes counted";
}
