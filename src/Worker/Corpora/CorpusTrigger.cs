using Hangfire;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Corpora;

/// <summary>
/// What Hangfire calls when a corpus is due. Started twice, it does the same as started once: the ledger keeps one run a day. A ledger that
/// is away is waited for: it would use up the night's attempts.
/// </summary>
public sealed class CorpusTrigger
{
    private readonly CorpusRunner _runner;
    private readonly LedgerWatch _ledger;
    private readonly TimeProvider _time;

    internal CorpusTrigger(CorpusRunner runner, LedgerWatch ledger, TimeProvider time)
    {
        _runner = runner;
        _ledger = ledger;
        _time = time;
    }

    /// <summary>Enqueues what is new or changed in a corpus.</summary>
    [JobDisplayName("Corpus {0}")]
    [AutomaticRetry(Attempts = 5, OnAttemptsExceeded = AttemptsExceededAction.Fail)]
    public async Task RunAsync(string corpus, CancellationToken cancellationToken)
    {
        var backOff = new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        using var wait = _ledger.Enter();
        while (true)
        {
            try
            {
                await _runner.RunAsync(corpus, null, cancellationToken);
                return;
            }
            catch (LedgerUnavailableException fault)
            {
                wait.Failed(fault);
            }

            await Task.Delay(backOff.Next(), _time, cancellationToken);
        }
    }
}
