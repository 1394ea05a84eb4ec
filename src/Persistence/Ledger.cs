using Qwen35Batch.Persistence.Calibrations;
using Qwen35Batch.Persistence.Corpora;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Indexing;
using Qwen35Batch.Persistence.Names;
using Qwen35Batch.Persistence.Outbox;
using Qwen35Batch.Persistence.Pacing;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Removal;
using Qwen35Batch.Persistence.Reviews;
using Qwen35Batch.Persistence.Steps;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Persistence.Tasks;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence;

/// <summary>
/// Everything that is stored, by role. Whoever needs one role asks for that. The same behaviour on SQLite and PostgreSQL.
/// </summary>
public sealed class Ledger
{
    internal Ledger(LedgerDatabase database, LedgerOptions options)
    {
        Submissions = new(database);
        Queue = new(database, options);
        Reading = new(database);
        Corpora = new(database);
        Outbox = new(database);
        Calibrations = new(database);
        Reviews = new(database);
        Search = new(database);
        Names = new(database);
        Steps = new(database);
        Pacing = new(database);
        TaskVersions = new(database);
        Announcements = new(database);
        Removal = new(database);
    }

    /// <summary>Takes jobs in.</summary>
    public SubmissionLedger Submissions { get; }

    /// <summary>What is to be done.</summary>
    public QueueLedger Queue { get; }

    /// <summary>What is asked.</summary>
    public ReadingLedger Reading { get; }

    /// <summary>Passes over corpora.</summary>
    public CorpusLedger Corpora { get; }

    /// <summary>Events that wait to be published.</summary>
    public OutboxLedger Outbox { get; }

    /// <summary>What turns the signals of fields into probabilities.</summary>
    public CalibrationLedger Calibrations { get; }

    /// <summary>What people said of insights.</summary>
    public ReviewLedger Reviews { get; }

    /// <summary>The index that insights are found by.</summary>
    public SearchIndex Search { get; }

    /// <summary>Names of the user's own lists.</summary>
    public NamesLedger Names { get; }

    /// <summary>The steps of agents' jobs.</summary>
    public StepLedger Steps { get; }

    /// <summary>When services of others may be asked.</summary>
    public PaceLedger Pacing { get; }

    /// <summary>What answers were asked for.</summary>
    public TaskVersionLedger TaskVersions { get; }

    /// <summary>What other processes have stored for somebody to do.</summary>
    public LedgerAnnouncements Announcements { get; }

    /// <summary>Jobs that are no longer wanted.</summary>
    public RemovalLedger Removal { get; }
}
