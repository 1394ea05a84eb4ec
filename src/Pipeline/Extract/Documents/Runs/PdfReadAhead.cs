namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>
/// Which pages of a document are read together: as many as are asked for while they are read, and some ahead of those. Where they begin
/// does not depend on the order in which pages are asked for, as many are asked for at once. Its owner calls it by one thread at a time.
/// </summary>
/// <param name="last">The last page that is read.</param>
/// <param name="ahead">How many pages that nobody has asked for are read.</param>
/// <param name="fileBytes">The length of the file.</param>
internal sealed class PdfReadAhead(int last, int ahead, long fileBytes)
{
    private const int FirstOfLargeFile = 4;
    private const long SmallFileBytes = 1 << 20;
    private const int MostFailures = 3;
    private const int MostPages = 96;
    private const int Block = 1 << 20;

    private readonly List<PdfRun> _runs = [];
    private readonly List<PdfTextRun> _texts = [];
    private readonly HashSet<int> _read = [];
    private int _failures;
    private bool? _mayHoldJpegs;

    /// <summary>When a page was last asked for.</summary>
    public long LastAsked { get; set; }

    /// <summary>Whether somebody waits for a run.</summary>
    public bool IsInUse => _runs.Any(run => run.Waiting > 0);

    /// <summary>The memory of pages that nobody has asked for.</summary>
    public long WaitingBytes => _runs.Sum(run => run.WaitingBytes);

    /// <summary>The memory that is free after <see cref="Drop"/>.</summary>
    public long UnaskedBytes => _runs.Where(run => run.Waiting == 0).Sum(run => run.WaitingBytes);

    /// <summary>The run that a page is in and that nobody has taken it from; null when there is none.</summary>
    public PdfRun? RunWith(int page)
    {
        foreach (var done in _runs.Where(run => run.IsDone).ToList()) Forget(done);
        return _runs.Find(run => run.Has(page));
    }

    /// <summary>The pages that are read together with a page that is in no run; itself alone when they were read before.</summary>
    public (int From, int To) Next(int page)
    {
        if (ahead == 1 || _failures >= MostFailures || _read.Contains(page) || _runs.Any(run => run.IsWasteful)) return (page, page);
        var (first, end) = BlockOf(page);
        var from = page;
        while (from > first && (from - first) % ahead > 0 && !_read.Contains(from - 1)) from--;
        // What took too long once, or was complained of, will be again.
        if (_texts.Exists(run => run.HasFailed)) end = Math.Min(end, from + ahead - 1);
        var to = page;
        while (to < end && !_read.Contains(to + 1)) to++;
        return (from, to);
    }

    /// <summary>The run of the tools that write text which a run of pages shares with those behind it.</summary>
    public PdfTextRun TextsOf(int from, int to)
    {
        if (_texts.Find(run => run.Has(from, to)) is { } known) return known;
        var begun = new PdfTextRun(from, to);
        _texts.Add(begun);
        return begun;
    }

    // The first pages are waited for, which is long where there is much to read.
    private (int First, int End) BlockOf(int page)
    {
        var first = fileBytes <= SmallFileBytes ? 0 : Math.Min(FirstOfLargeFile, ahead);
        if (page <= first) return (1, Math.Min(first, last));
        var from = first + 1 + ((page - first - 1) / MostPages * MostPages);
        return (from, Math.Min(last, from + MostPages - 1));
    }

    /// <summary>Begins a run.</summary>
    /// <param name="from">The first page, from 1.</param>
    /// <param name="to">The last page.</param>
    /// <param name="owner">What the owner holds while it calls this; pages are taken while it is held.</param>
    /// <param name="read">Reads the pages, and calls what it is given for each.</param>
    public PdfRun Begin(int from, int to, Lock owner, Func<Action<int, PdfPageParts>, CancellationToken, Task> read)
    {
        PdfRun? run = null;
        run = new(
            from,
            to,
            (give, token) => read(
                (index, parts) =>
                {
                    lock (owner)
                    {
                        give(index, parts);
                        Bound(run!);
                    }
                },
                token));
        _runs.Add(run);
        for (var page = from; page <= to; page++) _read.Add(page);
        return run;
    }

    /// <summary>Forgets what nobody waits for.</summary>
    public void Drop()
    {
        foreach (var run in _runs.Where(run => run.Waiting == 0).ToList())
        {
            run.Stop();
            Forget(run);
        }
    }

    /// <summary>Stops the tools.</summary>
    public void Stop()
    {
        foreach (var run in _runs) run.Stop();
    }

    /// <summary>Whether some picture of the file may be a JPEG: the file is looked through once.</summary>
    public bool MayHoldJpegs(string path) => _mayHoldJpegs ??= Holds(path, [0xFF, 0xD8, 0xFF]);

    // Where pages are not asked for as fast as they are read, those behind are read when somebody asks for them.
    private void Bound(PdfRun run)
    {
        if (run.Unasked < ahead || run.EndEarly() is not { } behind) return;
        _read.RemoveWhere(page => page >= behind.From && page <= behind.To);
    }

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
