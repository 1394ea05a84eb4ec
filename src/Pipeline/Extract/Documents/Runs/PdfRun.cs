namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>A run of the tools over several pages, for whoever asks for one of them. Its owner calls it by one thread at a time.</summary>
internal sealed class PdfRun
{
    private readonly CancellationToken _stopped;
    private readonly Action _stop;
    private readonly bool[] _isAsked;
    private readonly int _from;
    private readonly PdfPageParts?[] _parts;
    private readonly TaskCompletionSource[] _read;
    private int _length;
    private int _given;
    private bool _isOver;

    /// <param name="from">The first page, from 1.</param>
    /// <param name="to">The last page.</param>
    /// <param name="read">
    /// Reads them in order, and calls what it is given with each page's index and the page as soon as it is read.
    /// </param>
    public PdfRun(int from, int to, Func<Action<int, PdfPageParts>, CancellationToken, Task> read)
    {
        _from = from;
        _length = to - from + 1;
        _isAsked = new bool[_length];
        _parts = new PdfPageParts?[_length];
        _read = Array.ConvertAll(_isAsked, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var stop = new CancellationTokenSource();
        (_stopped, _stop) = (stop.Token, stop.Cancel);
        Ended = Task.Run(() => read(Give, _stopped));
    }

    /// <summary>Ends when all pages are read, or when the tools were stopped.</summary>
    public Task Ended { get; }

    /// <summary>How many wait for it.</summary>
    public int Waiting { get; private set; }

    /// <summary>Whether there is nothing more to be had of it.</summary>
    public bool IsDone => _isOver || Ended.IsFaulted || (Waiting == 0 && !_isAsked.AsSpan(0, _length).Contains(false));

    /// <summary>Whether many of its pages were read in vain, as where another worker takes every other page.</summary>
    public bool IsWasteful
    {
        get
        {
            if (_given < _length) return false;
            // Those before the first one may have been read before this program started.
            var read = _isAsked.AsSpan(0, _length)[Math.Max(0, Array.IndexOf(_isAsked, true))..];
            return read.Count(false) * 3 > read.Length;
        }
    }

    /// <summary>Whether pages of it have to be read one by one.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The memory of the pages that nobody has asked for, in bytes.</summary>
    public long WaitingBytes => _parts.Sum(parts => parts?.Bytes ?? 0);

    /// <summary>How many pages are read that nobody has asked for.</summary>
    public int Unasked => _isAsked.AsSpan(0, _given).Count(false);

    /// <summary>Whether a page is in it and nobody has asked for it.</summary>
    public bool Has(int page) => page >= _from && page < _from + _length && !_isAsked[page - _from];

    /// <summary>Begins to wait for a page.</summary>
    /// <returns>Ends when it is read, or when the run was stopped.</returns>
    public Task Join(int page)
    {
        _isAsked[page - _from] = true;
        Waiting++;
        return WaitAsync(_read[page - _from].Task);
    }

    /// <summary>Takes a page that was waited for.</summary>
    public PdfPageParts Take(int page)
    {
        Waiting--;
        var parts = _parts[page - _from]!;
        _parts[page - _from] = null;
        HasFailed |= parts.Drawn is null;
        return parts;
    }

    /// <summary>Stops waiting; whoever does so last stops the tools.</summary>
    /// <returns>Whether the tools are stopped.</returns>
    public bool Leave()
    {
        Waiting--;
        if (Waiting > 0) return false;
        Stop();
        return true;
    }

    /// <summary>Stops the tools where nobody waits for them; what is read stays.</summary>
    /// <returns>The pages that are no longer in it; null when there are none.</returns>
    public (int From, int To)? EndEarly()
    {
        if (_given == _length || _isAsked.AsSpan(_given.._length).Contains(true)) return null;
        var behind = (_from + _given, _from + _length - 1);
        _length = _given;
        _stop();
        return behind;
    }

    /// <summary>Stops the tools.</summary>
    public void Stop()
    {
        _isOver = true;
        _stop();
    }

    private void Give(int index, PdfPageParts parts)
    {
        _parts[index] = parts;
        _given = index + 1;
        _read[index].TrySetResult();
    }

    private async Task WaitAsync(Task read)
    {
        await Task.WhenAny(read, Ended).ConfigureAwait(false);
        if (!read.IsCompleted) await Ended.ConfigureAwait(false);
    }
}
