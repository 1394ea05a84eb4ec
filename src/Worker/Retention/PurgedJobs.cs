using System.Globalization;

namespace Qwen35Batch.Worker.Retention;

/// <summary>What a purge of jobs removed, or would.</summary>
/// <param name="Jobs">Jobs.</param>
/// <param name="Insights">Their insights.</param>
/// <param name="Copies">Copies of their media, and the files that they made.</param>
internal sealed record PurgedJobs(int Jobs, int Insights, Purged Copies)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Jobs:N0} jobs with {Insights:N0} insights and {Copies}");
}
