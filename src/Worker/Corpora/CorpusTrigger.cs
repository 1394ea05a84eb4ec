using Hangfire;

namespace Qwen35Batch.Worker.Corpora;

/// <summary>
/// What Hangfire calls when a corpus is due. Started twice, it does the same as started once: the ledger keeps one run a day.
/// </summary>
public sealed class CorpusTrigger
{
    private readonly CorpusRunner _runner;

    internal CorpusTrigger(CorpusRunner runner) => _runner = runner;

    /// <summary>Enqueues what is new or changed in a corpus.</summary>
    [JobDisplayName("Corpus {0}")]
    [AutomaticRetry(Attempts = 5, OnAttemptsExceeded = AttemptsExceededAction.Fail)]
    public Task RunAsync(string corpus, CancellationToken cancellationToken) => _runner.RunAsync(corpus, null, cancellationToken);
}
