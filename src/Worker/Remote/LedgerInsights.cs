using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reviews;
using Qwen35Batch.Persistence.Searching;
using Qwen35Batch.Pipeline.Viewing;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Http.Insights;
using Qwen35Batch.Worker.Reviews;

namespace Qwen35Batch.Worker.Remote;

/// <summary>The insights of a ledger, whoever works on it, and the media of this data folder.</summary>
internal sealed class LedgerInsights(Ledger ledger, MediaViewer viewer, AnswerSchemas schemas, InsightReviewing reviewing) : IInsights
{
    private const string Reviewer = "command line";

    public Task<InsightListReply> ListAsync(InsightQuestion question, long? next, CancellationToken cancellationToken) =>
        InsightListReply.ReadAsync(
            new()
            {
                Jobs = new() { Task = question.Task, SourceContains = question.Source },
                Query = question.Search is { } search ? SearchQuery.Read(search) : null,
                Below = question.Below,
                IsReviewed = question.IsReviewed,
            },
            question.Count, next, ledger.Reading, cancellationToken);

    public Task<InsightReply?> GetAsync(long id, CancellationToken cancellationToken) =>
        InsightReply.ReadAsync(id, ledger, viewer, schemas, cancellationToken);

    public async Task<StoredReview> ReviewAsync(
        long id, int basedOn, IReadOnlyList<FieldReview> fields, CancellationToken cancellationToken) =>
        await reviewing.ReviewAsync(id, basedOn, Reviewer, fields, cancellationToken) switch
        {
            ReviewAnswer.Stored stored => stored.Review,
            ReviewAnswer.Overtaken overtaken => throw new CommandException(overtaken.Sentence),
            ReviewAnswer.Invalid invalid => throw new CommandException($"The corrected insight is not valid: {invalid.Sentence}"),
            _ => throw new CommandException($"There is no insight {id}."),
        };

    public Task<bool> CopyMediaAsync(MediaDescription media, string path, CancellationToken cancellationToken)
    {
        if (viewer.PathOf(media) is not { } stored) return Task.FromResult(false);
        File.Copy(stored, path, overwrite: true);
        return Task.FromResult(true);
    }
}
