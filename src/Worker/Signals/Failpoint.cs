using System.Diagnostics;

namespace Qwen35Batch.Worker.Signals;

/// <summary>
/// Ends the process at a named point as a crash would (SIGKILL), when <c>QWEN35BATCH_FAILPOINT</c> names it. For tests that prove that a
/// crash loses nothing; without the variable it does nothing.
/// </summary>
internal static class Failpoint
{
    public const string BeforeIntakeCommit = "before-intake-commit";
    public const string AfterIntakeCommit = "after-intake-commit";
    public const string AfterClaim = "after-claim";
    public const string AfterInfer = "after-infer";
    public const string AfterComplete = "after-complete";
    public const string AfterPublish = "after-publish";
    public const string AfterRedrive = "after-redrive";
    public const string AfterReview = "after-review";

    private static readonly string? Chosen = Environment.GetEnvironmentVariable("QWEN35BATCH_FAILPOINT");

    public static void Reach(string name)
    {
        if (Chosen is null || !string.Equals(Chosen, name, StringComparison.Ordinal)) return;

        using var self = Process.GetCurrentProcess();
        self.Kill();
        // Nothing may happen after the point, even if the signal takes a moment.
        self.WaitForExit();
    }
}
