using Qwen35Batch.Persistence.Reviews;

namespace Qwen35Batch.Worker.Reviews;

/// <summary>What came of a review.</summary>
internal abstract record ReviewAnswer
{
    private ReviewAnswer()
    {
    }

    /// <summary>There is no such insight.</summary>
    public sealed record Unknown : ReviewAnswer;

    /// <summary>It cannot be stored.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : ReviewAnswer;

    /// <summary>Somebody else was faster; nothing was changed.</summary>
    public sealed record Overtaken(StoredReview Newest) : ReviewAnswer;

    /// <summary>It is stored, now or by the same request before.</summary>
    public sealed record Stored(StoredReview Review) : ReviewAnswer;
}
