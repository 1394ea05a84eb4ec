using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Persistence;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Worker.Reviews;

/// <summary>
/// Takes reviews: nothing is stored unless the corrected whole is valid against the schema of the version of the task that was answered.
/// </summary>
internal sealed class InsightReviewing(Ledger ledger, AnswerSchemas schemas, IVocabularies vocabularies)
{
    private const int MostFields = 2_000;

    /// <param name="id">The insight.</param>
    /// <param name="basedOn">The revision that the reviewer saw; 0 for the model's answer.</param>
    /// <param name="reviewer">Who says it.</param>
    /// <param name="fields">What is said.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<ReviewAnswer> ReviewAsync(
        long id, int basedOn, string reviewer, IReadOnlyList<FieldReview> fields, CancellationToken cancellationToken)
    {
        if (await ledger.Reading.GetInsightAsync(id, cancellationToken) is not { } insight) return new ReviewAnswer.Unknown();
        if (fields.Count is 0 or > MostFields)
            return Invalid("", $"A review says something of 1 to {MostFields:N0} fields; this one has {fields.Count:N0}.");
        if (Twice(fields) is { } twice) return Invalid(twice, "It is named twice in one review.");
        if (await schemas.OfAsync(insight, cancellationToken) is not { } asked)
        {
            return Invalid(
                "", $"There is no task '{insight.Record.Task.Name}' any more, so that nothing says what is valid; add its file again.");
        }

        var schema = JsonSchema.Read(asked.Schema, vocabularies);

        var reviews = await ledger.Reviews.ListAsync(id, cancellationToken);
        if (basedOn > reviews.Count)
            return Invalid("", $"There is no revision {basedOn} of the insight yet; its newest is {reviews.Count}.");
        var (whole, problems) = CorrectedInsight.Apply(
            basedOn == 0 ? insight.Record.Insight : reviews[basedOn - 1].Insight, fields, schema);
        if (problems.Count > 0 && asked.Note is { } note) problems = [.. problems, new("", note)];
        if (problems.Count > 0)
            return reviews.Count > basedOn ? new ReviewAnswer.Overtaken(reviews[^1]) : new ReviewAnswer.Invalid(problems);

        var outcome = await ledger.Reviews.AddAsync(id, new(basedOn, reviewer, fields, whole), cancellationToken);
        return outcome switch
        {
            null => new ReviewAnswer.Unknown(),
            { IsStored: false } => new ReviewAnswer.Overtaken(outcome.Review),
            _ => new ReviewAnswer.Stored(outcome.Review),
        };
    }

    private static ReviewAnswer.Invalid Invalid(string pointer, string problem) => new([new(pointer, problem)]);

    // Several items may be added to a list.
    private static string? Twice(IReadOnlyList<FieldReview> fields) => fields.GroupBy(field => field.Pointer)
        .FirstOrDefault(group => group.Count() > 1 && !group.Key.EndsWith("/-", StringComparison.Ordinal))?.Key;
}
