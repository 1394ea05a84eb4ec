using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Documents.Runs;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

public sealed class PdfReadAheadTests
{
    private readonly Lock _owner = new();
    private readonly PdfReadAhead _document = new(last: 40, ahead: 4, fileBytes: 1_000);

    private async Task<(PdfRun Run, Action<int, PdfPageParts> Give, CancellationToken Stopped)> BeginAsync()
    {
        var begun = new TaskCompletionSource<(Action<int, PdfPageParts>, CancellationToken)>();
        var run = _document.Begin(
            1,
            40,
            _owner,
            (give, stopped) =>
            {
                begun.SetResult((give, stopped));
                return Task.Delay(Timeout.Infinite, stopped);
            });
        var (gives, stop) = await begun.Task;
        return (run, gives, stop);
    }

    [Fact]
    public async Task The_tools_are_stopped_where_nobody_asks_for_what_they_read()
    {
        var (run, give, stopped) = await BeginAsync();
        var first = run.Join(1);

        for (var index = 0; index < 4; index++) give(index, new());
        await first;
        Assert.False(stopped.IsCancellationRequested);
        give(4, new());

        Assert.True(stopped.IsCancellationRequested);
        Assert.Equal((true, false), (run.Has(5), run.Has(6)));
        // Another worker may take what is left out, as here every other page.
        Assert.Equal((7, 7), _document.Next(7));
        for (var page = 2; page <= 5; page++) await run.Join(page);
        Assert.Equal((6, 40), _document.Next(7));
    }

    [Fact]
    public async Task The_tools_go_on_where_somebody_waits_for_a_page_behind()
    {
        var (run, give, stopped) = await BeginAsync();
        var last = run.Join(10);

        for (var index = 0; index < 9; index++) give(index, new());
        Assert.False(stopped.IsCancellationRequested || last.IsCompleted);
        give(9, new());

        await last;
        Assert.True(stopped.IsCancellationRequested);
    }
}
