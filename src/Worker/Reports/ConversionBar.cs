using Qwen35Batch.Inference.Conversion;
using Spectre.Console;

namespace Qwen35Batch.Worker.Reports;

/// <summary>Shows how far a conversion is.</summary>
internal static class ConversionBar
{
    public static Task ShowAsync(
        IAnsiConsole console, Func<IProgress<ConversionProgress>, Task> work) => console.Progress().StartAsync(async view =>
    {
        var task = view.AddTask("converting");
        await work(new Reporter(console, task));
        task.Value = task.MaxValue;
    });

    /// <summary>In place: the bar must not be told of progress after it has ended, as <see cref="Progress{T}"/> would.</summary>
    private sealed class Reporter(IAnsiConsole console, ProgressTask task) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value)
        {
            task.MaxValue = value.Total;
            task.Value = value.Done;
            task.Description = Markup.Escape(value.Stage);
            if (value.Note is { } note) console.MarkupLineInterpolated($"{note}");
        }
    }
}
