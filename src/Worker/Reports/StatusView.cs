using System.Text;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Worker.Files;
using Spectre.Console;

namespace Qwen35Batch.Worker.Reports;

/// <summary>The ledger, or one job of it, as tables.</summary>
internal static class StatusView
{
    private const int BodyShown = 200;

    public static void Show(IAnsiConsole console, LedgerCounts counts, IReadOnlyList<LedgerFailure> failures)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("jobs", "", "segments", "");
        var jobs = counts.Jobs.Where(state => state.Value > 0).ToList();
        var segments = counts.Segments.Where(state => state.Value > 0).ToList();
        for (var row = 0; row < Math.Max(1, Math.Max(jobs.Count, segments.Count)); row++)
        {
            table.AddRow(
                row < jobs.Count ? jobs[row].Key.ToString() : "", row < jobs.Count ? $"{jobs[row].Value:N0}" : "",
                row < segments.Count ? segments[row].Key.ToString() : "", row < segments.Count ? $"{segments[row].Value:N0}" : "");
        }

        console.Write(table);
        console.WriteLine(
            $"{counts.SegmentsDoneInWindow:N0} segments and {counts.UsageInWindow.OutputTokens:N0} generated tokens in the last 5 minutes; "
                + $"{counts.UnsentEvents:N0} events to publish; {counts.RejectedMessages:N0} messages refused.");
        if (counts.OldestWaiting is { } waiting)
            console.MarkupLineInterpolated($"The oldest that could be worked on has been waiting for {waiting.TotalSeconds:N0} s.");
        if (failures.Count == 0) return;

        var list = new Table()
            .Border(TableBorder.Rounded)
            .Title("latest failures")
            .AddColumns("job", "source", "segment", "reason", "detail");
        foreach (var failure in failures)
        {
            list.AddRow(
                $"{failure.JobId}", Markup.Escape(Path.GetFileName(failure.Source)), failure.Segment?.Number.ToString() ?? "-",
                failure.Reason?.ToString() ?? "Quarantined", Markup.Escape(failure.Detail ?? ""));
        }

        console.Write(list);
    }

    public static void Show(IAnsiConsole console, IReadOnlyList<RejectedMessage> messages)
    {
        if (messages.Count == 0)
        {
            console.WriteLine("No message was refused.");
            return;
        }

        var table = new Table()
            .Border(TableBorder.Rounded)
            .Title("refused messages, newest first")
            .AddColumns("received", "message", "reason", "body");
        foreach (var message in messages)
        {
            table.AddRow(
                $"{message.ReceivedAt:yyyy-MM-dd HH:mm:ss}", Markup.Escape(message.MessageId ?? "-"), Markup.Escape(message.Reason),
                Markup.Escape(Printable.Start(Encoding.UTF8.GetString(message.Body.Span), BodyShown)));
        }

        console.Write(table);
    }

    public static void Show(IAnsiConsole console, JobDetails details)
    {
        var job = details.Job;
        var grid = new Grid().AddColumn().AddColumn();
        void Row(string name, string? value)
        {
            if (value is not null) grid.AddRow(new Text(name), new Text(value));
        }

        Row("job", job.JobId.ToString());
        Row("source", job.Source);
        Row("task", job.Task is { } task ? $"{task.Name} {task.Version}" : job.RequestedTask);
        Row("media", job.MediaKind?.ToString());
        Row("state", job.State.ToString());
        Row("reason", job.Reason?.ToString());
        Row("detail", job.Detail);
        Row("submitted", $"{job.CreatedAt:yyyy-MM-dd HH:mm:ss} UTC");
        Row("ended", job.FinishedAt is { } finished ? $"{finished:yyyy-MM-dd HH:mm:ss} UTC" : null);
        Row("tokens", $"{job.Usage.InputTokens:N0} in ({job.Usage.CachedInputTokens:N0} from the cache), {job.Usage.OutputTokens:N0} out");
        console.Write(grid);
        if (details.Segments.Count == 0) return;

        var table = new Table().Border(TableBorder.Rounded).AddColumns("segment", "kind", "what", "state", "attempts", "detail");
        foreach (var segment in details.Segments)
        {
            var what = segment.Segment switch
            {
                { Page: { } page } => $"page {page}",
                { StartSeconds: { } start, EndSeconds: { } end } => $"{start:F1}–{end:F1} s",
                _ => "",
            };
            table.AddRow(
                $"{segment.Segment.Number}", segment.Segment.Kind.ToString(), what, segment.State.ToString(),
                segment.Crashes > 0 ? $"{segment.Attempts}, {segment.Crashes} crashes" : $"{segment.Attempts}",
                Markup.Escape(segment.Detail ?? segment.Reason?.ToString() ?? ""));
        }

        console.Write(table);
    }
}
