using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence.Submissions;

/// <summary>
/// Takes jobs in, each once, and keeps the messages that could not be taken. One method is one operation and one commit; every method may
/// be repeated without harm.
/// </summary>
public sealed class SubmissionLedger
{
    private readonly LedgerDatabase _database;
    private readonly GroupWriter<JobSubmission, SubmitOutcome> _single;

    internal SubmissionLedger(LedgerDatabase database)
    {
        _database = database;
        _single = new(database, Submission.SubmitAsync);
    }

    /// <summary>Inserts a job unless its dedupe key is there already, in a transaction that it may share with others.</summary>
    public Task<SubmitOutcome> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken) =>
        _single.WriteAsync(submission, cancellationToken);

    /// <summary>Inserts many jobs in one transaction; outcomes in the order of the submissions.</summary>
    public Task<IReadOnlyList<SubmitOutcome>> SubmitManyAsync(
        IReadOnlyList<JobSubmission> submissions, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => Submission.SubmitAsync(transaction, submissions, token), cancellationToken);

    /// <summary>Keeps a message that could not be accepted; a redelivery of the same message is kept once.</summary>
    public Task RecordRejectedMessageAsync(RejectedMessage message, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => RejectedMessages.RecordAsync(transaction, message, token), cancellationToken);

    /// <summary>Messages that could not be accepted, newest first.</summary>
    public Task<IReadOnlyList<RejectedMessage>> ListRejectedMessagesAsync(int skip, int count, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => RejectedMessages.ListAsync(db, skip, count, token), cancellationToken);
}
