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
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : ReviewAnswer
    {
        /// <summary>Why, in words.</summary>
        public string Sentence => string.Join(' ', Problems.Select(wrong => $"At '{wrong.Pointer}': {wrong.Problem}"));
    }

    /// <summary>Somebody else was faster; nothing was changed.</summary>
    public sealed record Overtaken(StoredReview Newest) : ReviewAnswer
    {
        /// <summary>By whom, in words.</summary>
        public string Sentence => $"{Newest.Reviewer} was faster: revision {Newest.Revision} is newer than the one that you saw. "
            + "Nothing was stored; look at it and say it again.";
    }

    /// <summary>It is stored, now or by the same request before.</summary>
    public sealed record Stored(StoredReview Review) : ReviewAnswer;
}
