using System.Globalization;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Reports;
using Qwen35Batch.Worker.Telemetry;
using Spectre.Console;

namespace Qwen35Batch.Worker.Run;

/// <summary>
/// What is seen of a run: while it goes on, on the error stream, and at its end on the output, what failed first. On a terminal it is drawn
/// in place, else line by line.
/// </summary>
internal sealed class RunView(ReadingLedger ledger, CommandOutput output, TimeProvider time, IEngine running)
{
    private const int MostRows = 40;
    private const int Page = 1_000;
    private const int LongestName = 60;

    // What lacks something, and what does not.
    private static readonly JobState[] Lacking =
        [JobState.Rejected, JobState.Quarantined, JobState.CompletedWithGaps, JobState.Cancelled];

    private static readonly JobState[] Whole = [JobState.Completed, JobState.Analysing, JobState.Accepted];

    private const int RestPerLook = 20;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan NextLine = TimeSpan.FromSeconds(5);

    private readonly long _started = time.GetTimestamp();
    private int _resumed;
    private bool _away;
    private Forecast? _forecast;
    private string? _written;
    private int? _insights;

    private IAnsiConsole Live => output.ErrorConsole;

    public void Submitted(int submitted, int all, int resumed)
    {
        _resumed += resumed;
        if (submitted == all && _resumed > 0 && !output.IsQuiet)
            Live.MarkupLineInterpolated($"[grey]{_resumed} of {all} jobs were there before; what is stored is not repeated.[/]");
    }

    /// <summary>Returns when every job has ended.</summary>
    public async Task WatchAsync(JobFilter filter, CancellationToken stop)
    {
        if (output.IsQuiet)
        {
            await FollowAsync(filter, NextLine, _ => { }, stop);
            return;
        }

        if (Live.Profile.Capabilities.Interactive && Live.Profile.Out.IsTerminal)
        {
            await Live.Live(new Text(""))
                .StartAsync(live => FollowAsync(filter, Redraw, look => live.UpdateTarget(Picture(look)), stop));
            return;
        }

        var last = "";
        await FollowAsync(filter, NextLine, look =>
        {
            if (Line(look) is var line && line == last) return;
            output.Error.WriteLine(last = line);
        }, stop);
    }

    public void Stopping() => Live.MarkupLine("[yellow]Stopping: work in flight is finished first; once more to stop now.[/]");

    /// <summary>Says where the insights are and where their fields stand, and shows some of them.</summary>
    public void Wrote(string path, int insights, FoundPlaces places)
    {
        (_written, _insights) = (path, insights);
        if (output.IsQuiet || output.IsJson) return;
        if (path != InsightFile.StandardOutput) output.Out.WriteLine($"{insights} insights are in {path}.");
        if (places.Found + places.Nowhere == 0) return;
        if (places.Rows.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("source", "field", "stands there", "place", "by", "probability");
            foreach (var row in places.Rows)
            {
                table.AddRow(
                    Markup.Escape(row.Source), Markup.Escape(row.Field), Markup.Escape(row.Matched), Markup.Escape(row.Place), row.Method,
                    row.Probability);
            }

            output.Console.Write(table);
        }

        output.Console.MarkupLineInterpolated(
            $"{places.Found:N0} fields were found in the media; {places.Nowhere:N0} are nowhere in it ([bold]grounded[/] is false).");
    }

    /// <summary>Tells how it ended: what failed first, with its path and why.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> SummariseAsync(JobFilter filter, Func<LedgerProgress, int> exitCode, CancellationToken cancellationToken)
    {
        var progress = await ledger.ProgressAsync(filter, cancellationToken);
        var code = exitCode(progress);
        if (output.IsJson)
        {
            output.WriteJson(new RunReport(
                code, Math.Round(Elapsed(), 3), progress.Jobs, progress.Segments, progress.Usage, _written, _insights,
                await LackingAsync(filter, int.MaxValue, cancellationToken)));
            return code;
        }

        var lacking = await LackingAsync(filter, MostRows, cancellationToken);
        var failures = output.IsQuiet ? output.Error : output.Out;
        foreach (var job in lacking) failures.WriteLine(Printable.Text($"{Words(job.State)}: {job.Source}{Why(job)}"));
        var unseen = Lacking.Sum(state => progress.Jobs[state]) - lacking.Count;
        if (unseen > 0) failures.WriteLine($"… and {unseen} more that did not complete; see 'qwen35batch status'.");
        if (output.IsQuiet) return code;

        await ShowWholeAsync(filter, MostRows - lacking.Count, progress, cancellationToken);
        output.Out.WriteLine(
            $"{progress.Jobs[JobState.Completed]} of {progress.Jobs.Values.Sum()} jobs completed, {progress.Segments.Done} of "
                + $"{progress.Segments.Planned} segments,");
        output.Out.WriteLine($"{progress.Usage.OutputTokens:N0} tokens generated, in {Elapsed():F1} s.");
        if (!progress.AllEnded) output.Console.MarkupLine("[yellow]Stopped. The same command again goes on from here.[/]");
        return code;
    }

    private async Task ShowWholeAsync(JobFilter filter, int room, LedgerProgress progress, CancellationToken cancellationToken)
    {
        var whole = room <= 0 ? [] : (await ledger.ListJobsAsync(filter with { States = Whole }, room, null, cancellationToken)).Jobs;
        if (whole.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("source", "task", "state", "segments", "tokens in", "out");
            foreach (var job in whole.Reverse())
            {
                var state = job.State == JobState.Completed ? "[green]completed[/]" : "[blue]open[/]";
                var segments = job.Segments.Planned == 0 ? "-" : $"{job.Segments.Done}/{job.Segments.Planned}";
                table.AddRow(
                    Markup.Escape(Printable.Text(Path.GetFileName(job.Source))), Markup.Escape(job.Task?.Name ?? job.RequestedTask), state,
                    segments, $"{job.Usage.InputTokens:N0}", $"{job.Usage.OutputTokens:N0}");
            }

            output.Console.Write(table);
        }

        if (Whole.Sum(state => progress.Jobs[state]) - whole.Count is > 0 and var others)
            output.Console.MarkupLineInterpolated($"[grey]… and {others} more jobs; see 'qwen35batch status'.[/]");
    }

    /// <summary>The latest jobs that lack something, the first of them first.</summary>
    private async Task<IReadOnlyList<JobSummary>> LackingAsync(JobFilter filter, int most, CancellationToken cancellationToken)
    {
        var jobs = new List<JobSummary>();
        long? next = null;
        do
        {
            var page = await ledger.ListJobsAsync(
                filter with { States = Lacking }, Math.Min(Page, most - jobs.Count), next, cancellationToken);
            jobs.AddRange(page.Jobs);
            next = page.Next;
        }
        while (next is not null && jobs.Count < most);

        jobs.Reverse();
        return jobs;
    }

    private static string Words(JobState state) => state == JobState.CompletedWithGaps ? "completed with gaps" : Spelling.Of(state);

    private static string Why(JobSummary job) => job switch
    {
        { Detail: { } detail } => $": {detail}",
        { Reason: { } reason } => $": {Spelling.Of(reason)}",
        _ => "",
    };

    private async Task FollowAsync(JobFilter filter, TimeSpan interval, Action<Look> show, CancellationToken stop)
    {
        var shown = long.MinValue;
        LedgerProgress? last = null;
        while (true)
        {
            var askedAt = time.GetTimestamp();
            if (await LookAsync(filter, last, stop) is not { } look) continue;
            var took = time.GetElapsedTime(askedAt);
            last = look.Progress;
            if (look.Progress.AllEnded || shown == long.MinValue || time.GetElapsedTime(shown) >= interval)
            {
                _forecast ??= new(time, time.GetUtcNow(), EndedSegments(look.Progress));
                show(look);
                shown = time.GetTimestamp();
            }

            if (look.Progress.AllEnded) return;

            // To look at a hundred thousand jobs takes as long as the pause between two looks: the work needs the processor more.
            var rest = took * RestPerLook;
            await Task.Delay(rest > Redraw ? rest : Redraw, time, stop);
        }
    }

    /// <returns>Null while the ledger is away, which is waited for: the work keeps its results meanwhile.</returns>
    private async Task<Look?> LookAsync(JobFilter filter, LedgerProgress? last, CancellationToken stop)
    {
        try
        {
            var progress = await ledger.ProgressAsync(filter, stop);
            // Where nothing moves, something may be missing, and the work waits for it.
            var isStill = last is not null && (progress.Ended, progress.Segments.Open) == (last.Ended, last.Segments.Open);
            var putOff = isStill ? (await ledger.PutOffAsync(filter, stop))?.Why : null;
            var atHand = output.IsQuiet || progress.AllEnded ? null : await ledger.AtHandAsync(filter, stop);
            _away = false;
            return new(progress, putOff, atHand);
        }
        catch (LedgerUnavailableException away)
        {
            if (!_away) Live.MarkupLineInterpolated($"[yellow]waiting: {away.Message}[/]");
            _away = true;
            await Task.Delay(Redraw, time, stop);
            return null;
        }
    }

    private Grid Picture(Look look)
    {
        var progress = look.Progress;
        var grid = new Grid().AddColumn().AddColumn();
        grid.AddRow(new Text("jobs"), Bar(progress.Ended, progress.Jobs.Values.Sum()));
        grid.AddRow(new Text("segments"), Bar(progress.Segments.Planned - progress.Segments.Open, progress.Segments.Planned));
        foreach (var (name, value) in Figures(look)) grid.AddRow(new Text(name), new Text(value));
        if (look.PutOff is not null) grid.AddRow(new Text("waiting"), new Text(look.PutOff, new Style(Color.Yellow)));
        return grid;
    }

    private static Columns Bar(long done, long all)
    {
        const int width = 30;
        var filled = all == 0 ? 0 : (int)(width * done / all);
        return new Columns(new Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', width - filled)}[/] {done}/{all}"))
        {
            Expand = false
        };
    }

    private string Line(Look look)
    {
        var progress = look.Progress;
        return $"jobs {progress.Ended}/{progress.Jobs.Values.Sum()}, segments "
            + $"{progress.Segments.Planned - progress.Segments.Open}/{progress.Segments.Planned}, "
            + string.Join(", ", Figures(look).Select(figure => $"{figure.Name} {figure.Value}"))
            + (look.PutOff is null ? "" : $", waiting: {look.PutOff}");
    }

    private IEnumerable<(string Name, string Value)> Figures(Look look)
    {
        var progress = look.Progress;
        if (progress.Jobs[JobState.Rejected] + progress.Jobs[JobState.Quarantined] is > 0 and var failed)
            yield return ("failed", $"{failed}");
        if (progress.Segments.Failed + progress.Segments.Quarantined is > 0 and var lacking) yield return ("without insight", $"{lacking}");
        yield return ("tokens", $"{progress.Usage.InputTokens:N0} in, {progress.Usage.OutputTokens:N0} out");
        if (running.Statistics is { } engine)
        {
            yield return ("tokens/s", $"{engine.PrefillTokensPerSecond:N0} in, {engine.DecodeTokensPerSecond:N0} out");
            yield return ("batch", $"{engine.Running} of {engine.Slots} slots, {engine.BatchFill:P0} full, {engine.Pending} waiting");
        }

        if (look.AtHand is { } source) yield return ("at hand", Printable.Start(Path.GetFileName(source), LongestName));
        yield return ("time", $"{Elapsed():F0} s");
        if (_forecast?.Left(EndedSegments(progress), OpenSegments(progress)) is { } left) yield return ("left", $"about {Words(left)}");
    }

    private static long EndedSegments(LedgerProgress progress) => progress.Segments.Planned - progress.Segments.Open;

    /// <summary>A job that is not cut into segments yet counts for as many as the others have.</summary>
    private static double OpenSegments(LedgerProgress progress)
    {
        var uncut = progress.Jobs[JobState.Accepted];
        var cut = Math.Max(1, progress.Jobs.Values.Sum() - uncut);
        return progress.Segments.Open + (uncut * Math.Max(1.0, (double)progress.Segments.Planned / cut));
    }

    /// <summary>A time in the two largest of its units.</summary>
    private static string Words(TimeSpan left) => left switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(left.TotalDays):0} d {left.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{left.Hours} h {left.Minutes} min"),
        { TotalSeconds: >= 100 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(left.TotalMinutes):0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(left.TotalSeconds):0} s"),
    };

    private double Elapsed() => time.GetElapsedTime(_started).TotalSeconds;

    /// <summary>One look at the jobs.</summary>
    /// <param name="Progress">How far they have come.</param>
    /// <param name="PutOff">What they wait for; null when they move.</param>
    /// <param name="AtHand">The source of the oldest that is worked on; null when none is.</param>
    private sealed record Look(LedgerProgress Progress, string? PutOff, string? AtHand);
}
