using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Jobs;

/// <summary>What a submitter may ask for.</summary>
public static class JobOptionsCheck
{
    private const int LongestGoal = 500;

    /// <summary>The first option that cannot be kept to, as a sentence that names it and what is allowed; null when all can.</summary>
    public static string? Problem(JobOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Language is { } language && !AnswerLanguage.IsWellFormed(language))
            return $"The option 'language' is '{language}': a BCP 47 tag is needed, such as 'en', 'ja' or 'pt-BR'.";
        if (options.FramesPerSecond is { } rate && !(rate is > 0 and <= 30))
            return FormattableString.Invariant($"The option 'framesPerSecond' is {rate}: a number above 0 and at most 30 is needed.");
        if (options.MaxPages is < 1)
            return FormattableString.Invariant($"The option 'maxPages' is {options.MaxPages}: a number from 1 is needed.");
        if (options.Goal is { } goal && (string.IsNullOrWhiteSpace(goal) || goal.Length > LongestGoal))
            return FormattableString.Invariant($"The option 'goal' has {goal.Length} characters: a text of 1 to {LongestGoal} is needed.");
        return options.MaxOutputTokens is < 1 or > 65_536
            ? FormattableString.Invariant($"The option 'maxOutputTokens' is {options.MaxOutputTokens}: a number from 1 to 65536 is needed.")
            : null;
    }

    internal static void Require(JobOptions options)
    {
        if (Problem(options) is { } problem) throw new MediaRejectedException(RejectionReason.InvalidOptions, problem);
    }
}
