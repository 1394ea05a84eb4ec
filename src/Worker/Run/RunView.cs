using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Availability;
using Spectre.Console;

namespace Qwen35Batch.Worker.Run;

/// <summary>
/// What a person sees of a run: live while it goes on, a table at the end. On a terminal it is drawn in place, else line by line.
/// </summary>
internal sealed class RunView(ReadingLedger ledger, IAnsiConsole console, TimeProvider time, IEngine running)
{
    private const int MostRows = 40;

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

    public void Submitted(int submitted, int all, int resumed)
    {
        _resumed += resumed;
        if (submitted == all && _resumed > 0)
            console.MarkupLineInterpolated($"[grey]{_resumed} of {all} jobs were there before; what is stored is not repeated.[/]");
    }

    /// <summary>Returns when every job has ended.</summary>
    public async Task WatchAsync(JobFilter filter, CancellationToken stop)
    {
        if (console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal)
        {
            await console.Live(new Text(""))
                .StartAsync(live => FollowAsync(filter, Redraw, (progress, putOff) => live.UpdateTarget(Picture(progress, putOff)), stop));
            return;
        }

        var last = "";
        await FollowAsync(filter, NextLine, (progress, putOff) =>
        {
            if (Line(progress, putOff) is var line && line == last) return;
            console.Profile.Out.Writer.WriteLine(last = line);
        }, stop);
    }

    public void Stopping() => console.MarkupLine("[yellow]Stopping: work in flight is finished first; once more to stop now.[/]");

    public void Wrote(string path, int insights) => console.MarkupLineInterpolated($"{insights} insights are in [bold]{path}[/].");

    /// <summary>Says where the fields stand, and shows some of them.</summary>
    public void Found(FoundPlaces places)
    {
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

            console.Write(table);
        }

        console.MarkupLineInterpolated(
            $"{places.Found:N0} fields were found in the media; {places.Nowhere:N0} are nowhere in it ([bold]grounded[/] is false).");
    }

    /// <summary>Shows the table at the end: what failed first, with its path and why.</summary>
    public async Task<LedgerProgress> SummariseAsync(JobFilter filter, CancellationToken cancellationToken)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("source", "task", "state", "segments", "tokens in", "out");
        var lacking = (await ledger.ListJobsAsync(filter with { States = Lacking }, MostRows, null, cancellationToken)).Jobs;
        var room = MostRows - lacking.Count;
        var whole = room == 0
            ? []
            : (await ledger.ListJobsAsync(filter with { States = Whole }, room, null, cancellationToken)).Jobs;
        foreach (var job in lacking.Reverse().Concat(whole.Reverse()))
        {
            var source = Lacking.Contains(job.State) ? job.Source : Path.GetFileName(job.Source);
            var segments = job.Segments.Planned == 0 ? "-" : $"{job.Segments.Done}/{job.Segments.Planned}";
            table.AddRow(
                Markup.Escape(source), Markup.Escape(job.Task?.Name ?? job.RequestedTask), State(job), segments,
                $"{job.Usage.InputTokens:N0}", $"{job.Usage.OutputTokens:N0}");
        }

        console.Write(table);
        var progress = await ledger.ProgressAsync(filter, cancellationToken);
        if (progress.Jobs.Values.Sum() - lacking.Count - whole.Count is > 0 and var others)
            console.MarkupLineInterpolated($"[grey]… and {others} more jobs; see 'qwen35batch status'.[/]");

        console.WriteLine(
            $"{progress.Jobs[JobState.Completed]} of {progress.Jobs.Values.Sum()} jobs completed, {progress.Segments.Done} of "
                + $"{progress.Segments.Planned} segments, {progress.Usage.OutputTokens:N0} tokens generated, in {Elapsed():F1} s.");
        if (!progress.AllEnded) console.MarkupLine("[yellow]Stopped. The same command again goes on from here.[/]");
        return progress;
    }

    private static string State(JobSummary job)
    {
        var name = job.State switch
        {
            JobState.Completed => "[green]completed[/]",
            JobState.CompletedWithGaps => "[yellow]completed with gaps[/]",
            JobState.Rejected => "[red]rejected[/]",
            JobState.Quarantined => "[red]quarantined[/]",
            JobState.Cancelled => "[grey]cancelled[/]",
            _ => "[blue]open[/]",
        };
        return job.Detail is { } detail && job.State != JobState.Completed ? $"{name}: {Markup.Escape(detail)}" : name;
    }

    private async Task FollowAsync(JobFilter filter, TimeSpan interval, Action<LedgerProgress, string?> show, CancellationToken stop)
    {
        var shown = long.MinValue;
        var last = (-1L, -1L);
        while (true)
        {
            var askedAt = time.GetTimestamp();
            if (await LookAsync(filter, stop) is not { } progress) continue;
            var now = (progress.Ended, progress.Segments.Open);

            // Where nothing moves, something may be missing, and the work waits for it.
            var putOff = now == last ? await ledger.PutOffAsync(filter, stop) : null;
            last = now;
            var took = time.GetElapsedTime(askedAt);
            if (progress.AllEnded || shown == long.MinValue || time.GetElapsedTime(shown) >= interval)
            {
                show(progress, putOff);
                shown = time.GetTimestamp();
            }

            if (progress.AllEnded) return;

            // To look at a hundred thousand jobs takes as long as the pause between two looks: the work needs the processor more.
            var rest = took * RestPerLook;
            await Task.Delay(rest > Redraw ? rest : Redraw, time, stop);
        }
    }

    /// <returns>Null while the ledger is away, which is waited for: the work keeps its results meanwhile.</returns>
    private async Task<LedgerProgress?> LookAsync(JobFilter filter, CancellationToken stop)
    {
        try
        {
            var progress = await ledger.ProgressAsync(filter, stop);
            _away = false;
            return progress;
        }
        catch (LedgerUnavailableException away)
        {
            if (!_away) console.MarkupLineInterpolated($"[yellow]waiting: {away.Message}[/]");
            _away = true;
            await Task.Delay(Redraw, time, stop);
            return null;
        }
    }

    private Grid Picture(LedgerProgress progress, string? putOff)
    {
        var grid = new Grid().AddColumn().AddColumn();
        var jobs = progress.Jobs.Values.Sum();
        grid.AddRow(new Text("jobs"), Bar(progress.Ended, jobs));
        grid.AddRow(new Text("segments"), Bar(progress.Segments.Planned - progress.Segments.Open, progress.Segments.Planned));
        foreach (var (name, value) in Figures(progress)) grid.AddRow(new Text(name), new Text(value));
        if (putOff is not null) grid.AddRow(new Text("waiting"), new Text(putOff, new Style(Color.Yellow)));
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

    private string Line(LedgerProgress progress, string? putOff) =>
        $"jobs {progress.Ended}/{progress.Jobs.Values.Sum()}, segments "
            + $"{progress.Segments.Planned - progress.Segments.Open}/{progress.Segments.Planned}, "
        + string.Join(", ", Figures(progress).Select(figure => $"{figure.Name} {figure.Value}"))
        + (putOff is null ? "" : $", waiting: {putOff}");

    private IEnumerable<(string Name, string Value)> Figures(LedgerProgress progress)
    {
        if (progress.Segments.Failed + progress.Segments.Quarantined is > 0 and var failed) yield return ("without insight", $"{failed}");
        yield return ("tokens", $"{progress.Usage.InputTokens:N0} in, {progress.Usage.OutputTokens:N0} out");
        if (running.Statistics is { } engine)
        {
            yield return ("tokens/s", $"{engine.PrefillTokensPerSecond:N0} in, {engine.DecodeTokensPerSecond:N0} out");
            yield return ("batch", $"{engine.Running} of {engine.Slots} slots, {engine.BatchFill:P0} full, {engine.Pending} waiting");
        }

        yield return ("time", $"{Elapsed():F0} s");
    }

    private double Elapsed() => time.GetElapsedTime(_started).TotalSeconds;
}
