using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Corpora;

internal sealed partial class CorporaOptionsValidator(SubmitJobValidator jobs) : IValidateOptions<CorporaOptions>
{
    public ValidateOptionsResult Validate(string? name, CorporaOptions options)
    {
        var problems = options.SelectMany(corpus => FindProblems(corpus.Key, corpus.Value)).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> FindProblems(string name, CorpusOptions corpus)
    {
        var key = $"{CorporaOptions.Section}:{name}";
        if (!Name().IsMatch(name)) yield return $"The corpus name '{name}' takes letters, digits, '.', '_' and '-', at most 100 of them.";
        if (string.IsNullOrWhiteSpace(corpus.Folder))
            yield return $"{key}:Folder is missing; it takes the folder that holds the corpus' media.";
        else
            foreach (var problem in CorpusJobs.Problems(name, corpus, jobs)) yield return problem;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(corpus.TimeZone, out _))
            yield return $"{key}:TimeZone is '{corpus.TimeZone}'; it takes an IANA time zone such as UTC, Europe/Berlin or Asia/Tokyo.";
        if (corpus.Cron.Length > 0 && !Cron().IsMatch(corpus.Cron.Trim()))
        {
            yield return $"{key}:Cron is '{corpus.Cron}'; it takes five fields such as '0 2 * * *' (at 02:00), or nothing to run only when "
                + $"asked.";
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    // The shape only: Hangfire refuses values out of range when the schedule is registered, at start too.
    [GeneratedRegex(@"^([0-9A-Za-z*/,?#-]+\s+){4}[0-9A-Za-z*/,?#-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Cron();
}
