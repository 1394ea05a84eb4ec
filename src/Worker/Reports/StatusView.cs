using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Files;
using Qwen35Batch.Worker.Http;
using Spectre.Console;

namespace Qwen35Batch.Worker.Reports;

/// <summary>The ledger, or one job of it, as tables, or as JSON.</summary>
internal static class StatusView
{
    private const int BodyShown = 200;
    private const int IdDigits = 8;

    public static void Show(CommandOutput output, StatusReply status)
    {
        if (output.IsJson)
        {
            output.WriteJson(status);
            return;
        }

        var counts = status.Counts;
        if (output.IsQuiet)
        {
            foreach (var (state, count) in counts.Jobs) output.Out.WriteLine($"{Spelling.Of(state)} {count}");
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("jobs", "", "segments", "");
        var jobs = counts.Jobs.Where(state => state.Value > 0).ToList();
        var segments = counts.Segments.Where(state => state.Value > 0).ToList();
        for (var row = 0; row < Math.Max(1, Math.Max(jobs.Count, segments.Count)); row++)
        {
            table.AddRow(
                row < jobs.Count ? Spelling.Of(jobs[row].Key) : "", row < jobs.Count ? $"{jobs[row].Value:N0}" : "",
                row < segments.Count ? Spelling.Of(segments[row].Key) : "", row < segments.Count ? $"{segments[row].Value:N0}" : "");
        }

        output.Console.Write(table);
        output.Out.WriteLine(
            $"Last 5 minutes: {counts.SegmentsDoneInWindow:N0} segments, {counts.UsageInWindow.OutputTokens:N0} tokens generated.");
        output.Out.WriteLine($"Events to publish: {counts.UnsentEvents:N0}. Messages refused: {counts.RejectedMessages:N0}.");
        if (counts.OldestWaiting is { } waiting)
            output.Out.WriteLine($"The oldest that could be worked on has been waiting for {waiting.TotalSeconds:N0} s.");
        if (status.Failures.Count == 0) return;

        output.Out.WriteLine();
        output.Out.WriteLine("The latest failures ('status' and 'retry' take the end of the job's id):");
        foreach (var failure in status.Failures)
        {
            var where = failure.Segment is { Number: var number } ? $" segment {number}" : "";
            output.Out.WriteLine(Printable.Text($"  {Short(failure.JobId)} {failure.Source}{where}"));
            output.Out.WriteLine(Printable.Text($"    {Why(failure)}"));
        }
    }

    public static void Show(CommandOutput output, IReadOnlyList<RefusedMessageReply> messages)
    {
        if (output.IsJson)
        {
            output.WriteJson(messages);
            return;
        }

        if (messages.Count == 0)
        {
            output.Out.WriteLine("No message was refused.");
            return;
        }

        output.Out.WriteLine("Refused messages, newest first:");
        foreach (var message in messages)
        {
            var name = message.MessageId ?? "without id";
            output.Out.WriteLine(Printable.Text($"  {message.ReceivedAt:yyyy-MM-dd HH:mm:ss} UTC, message {name}"));
            output.Out.WriteLine(Printable.Text($"    {message.Reason}"));
            if (!output.IsQuiet) output.Out.WriteLine($"    {Printable.Start(message.Body, BodyShown)}");
        }
    }

    public static void Show(CommandOutput output, JobDetails details)
    {
        if (output.IsJson)
        {
            output.WriteJson(details);
            return;
        }

        var job = details.Job;
        if (output.IsQuiet)
        {
            output.Out.WriteLine(Spelling.Of(job.State));
            return;
        }

        void Row(string name, string? value)
        {
            if (value is not null) output.Out.WriteLine(Printable.Text($"{name,-9} {value}"));
        }

        Row("job", job.JobId.ToString());
        Row("source", job.Source);
        Row("task", job.Task is { } task ? $"{task.Name} {task.Version}" : job.RequestedTask);
        Row("media", job.MediaKind is { } kind ? Spelling.Of(kind) : null);
        Row("state", Spelling.Of(job.State));
        Row("reason", job.Reason is { } reason ? Spelling.Of(reason) : null);
        Row("detail", job.Detail);
        Row("submitted", $"{job.CreatedAt:yyyy-MM-dd HH:mm:ss} UTC");
        Row("ended", job.FinishedAt is { } finished ? $"{finished:yyyy-MM-dd HH:mm:ss} UTC" : null);
        Row("tokens", $"{job.Usage.InputTokens:N0} in ({job.Usage.CachedInputTokens:N0} from the cache), {job.Usage.OutputTokens:N0} out");
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
            var why = segment.Detail ?? (segment.Reason is { } failed ? Spelling.Of(failed) : "");
            table.AddRow(
                [
                    .. new[]
                    {
                        $"{segment.Segment.Number}", Spelling.Of(segment.Segment.Kind), what, Spelling.Of(segment.State),
                        segment.Crashes > 0 ? $"{segment.Attempts}, {segment.Crashes} crashes" : $"{segment.Attempts}", why,
                    }.Select(text => new Text(Printable.Text(text)))
                ]);
        }

        output.Console.Write(table);
    }

    /// <summary>The end of an id, which is random: enough to name a job.</summary>
    public static string Short(Guid id) => id.ToString("N")[^IdDigits..];

    private static string Why(LedgerFailure failure) =>
        (failure.Reason is { } reason ? Spelling.Of(reason) : "quarantined") + (failure.Detail is { } detail ? $": {detail}" : "");
}
