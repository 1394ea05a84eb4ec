using System.Globalization;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Reading;

namespace Qwen35Batch.Worker.Run;

/// <summary>How long a run will still take, when it goes on as it went so far.</summary>
internal static class Forecast
{
    private static readonly TimeSpan Earliest = TimeSpan.FromSeconds(2);

    /// <param name="first">Where it stood when it was first looked at: what was there before took no time of this run.</param>
    /// <param name="now">Where it stands.</param>
    /// <param name="elapsed">The time between the two.</param>
    /// <returns>Null while too little is known.</returns>
    public static TimeSpan? Left(LedgerProgress first, LedgerProgress now, TimeSpan elapsed)
    {
        var ended = Ended(now) - Ended(first);
        var planned = now.Jobs.Values.Sum() - now.Jobs[JobState.Accepted];
        if (ended <= 0 || planned <= 0 || elapsed < Earliest || now.AllEnded) return null;

        // A job that is not cut into segments yet counts for as many as the others have.
        var open = now.Segments.Open + (now.Jobs[JobState.Accepted] * Math.Max(1.0, (double)now.Segments.Planned / planned));
        return elapsed * (open / ended);
    }

    /// <summary>A time in the two largest of its units.</summary>
    public static string Words(TimeSpan left) => left switch
    {
        { TotalDays: >= 1 } => Text($"{Math.Floor(left.TotalDays):0} d {left.Hours} h"),
        { TotalHours: >= 1 } => Text($"{left.Hours} h {left.Minutes} min"),
        { TotalSeconds: >= 100 } => Text($"{Math.Ceiling(left.TotalMinutes):0} min"),
        _ => Text($"{Math.Ceiling(left.TotalSeconds):0} s"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static long Ended(LedgerProgress progress) => progress.Segments.Planned - progress.Segments.Open;
}
