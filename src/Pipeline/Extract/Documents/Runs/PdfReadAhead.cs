namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>
/// Which pages of a document are read together: a few at its beginning, then more. They do not depend on the order in which pages are asked
/// for, as many are asked for at once. Its owner calls it by one thread at a time.
/// </summary>
/// <param name="last">The last page that is read.</param>
/// <param name="most">The pages of the longest run.</param>
/// <param name="fileBytes">The length of the file.</param>
internal sealed class PdfReadAhead(int last, int most, long fileBytes)
{
    private const int First = 4;
    private const int Growth = 4;
    private const long SmallFileBytes = 1 << 20;
    private const int MostFailures = 3;
    private const int TextPages = 96;
    private const int Block = 1 << 20;

    private readonly List<PdfRun> _runs = [];
    private readonly List<PdfTextRun> _texts = [];
    private readonly HashSet<int> _begun = [];
    private int _failures;
    private bool? _mayHoldJpegs;

    /// <summary>When a page was last asked for.</summary>
    public long LastAsked { get; set; }

    /// <summary>Whether somebody waits for a run.</summary>
    public bool IsInUse => _runs.Any(run => run.Waiting > 0);

    /// <summary>The memory of pages that nobody has asked for.</summary>
    public long WaitingBytes => _runs.Sum(run => run.WaitingBytes);

    /// <summary>The run that a page is in and that nobody has taken it from; null when there is none.</summary>
    public PdfRun? Join(int page)
    {
        foreach (var done in _runs.Where(run => run.IsDone).ToList()) Forget(done);
        var run = _runs.Find(run => run.Has(page));
        run?.Join(page);
        return run;
    }

    /// <summary>The pages that are read together with a page that is in no run; itself alone when they were read before.</summary>
    public (int From, int To) Next(int page)
    {
        if (_failures >= MostFailures || _runs.Any(run => run.IsWasteful)) return (page, page);
        var (from, to) = RunOf(page);
        return _begun.Add(from) ? (from, Math.Min(last, to)) : (page, page);
    }

    /// <summary>The run of the tools that write text which a run of pages shares with those behind it.</summary>
    public PdfTextRun TextsOf(int from, int to)
    {
        if (_texts.Find(run => run.Has(from, to)) is { } known) return known;
        // The first pages are waited for, which is long where there is much to read; and what took too long once, or was complained of,
        // will be again.
        var isLong = (from > 1 || fileBytes <= SmallFileBytes) && !_texts.Exists(run => run.HasFailed);
        while (isLong && to - from < TextPages && to < last) to = Math.Min(last, RunOf(to + 1).To);
        var begun = new PdfTextRun(from, to);
        _texts.Add(begun);
        return begun;
    }

    private (int From, int To) RunOf(int page)
    {
        var (from, length) = (1, Math.Min(First, most));
        while (from + length <= page)
        {
            from += length;
            length = Math.Min(most, length * Growth);
        }

        return (from, from + length - 1);
    }

    /// <summary>Begins a run.</summary>
    public PdfRun Begin(int from, int to, Func<CancellationToken, Task<IReadOnlyList<PdfPageParts>>> read)
    {
        var run = new PdfRun(from, to, read);
        _runs.Add(run);
        return run;
    }

    /// <summary>Forgets what nobody waits for.</summary>
    public void Drop()
    {
        foreach (var run in _runs.Where(run => run.Waiting == 0).ToList()) Forget(run);
    }

    /// <summary>Stops the tools.</summary>
    public void Stop()
    {
        foreach (var run in _runs) run.Stop();
    }

    /// <summary>Whether some picture of the file may be a JPEG: the file is looked through once.</summary>
    public bool MayHoldJpegs(string path) => _mayHoldJpegs ??= Holds(path, [0xFF, 0xD8, 0xFF]);

    private void Forget(PdfRun run)
    {
        _runs.Remove(run);
        if (run.HasFailed) _failures++;
    }

    private static bool Holds(string path, ReadOnlySpan<byte> word)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var block = new byte[Block];
        var kept = 0;
        for (var at = 0L; RandomAccess.Read(file, block.AsSpan(kept), at) is > 0 and var read; at += read)
        {
            var seen = block.AsSpan(0, kept + read);
            if (seen.IndexOf(word) >= 0) return true;
            kept = Math.Min(word.Length - 1, seen.Length);
            seen[^kept..].CopyTo(block);
        }

        return false;
    }
}
