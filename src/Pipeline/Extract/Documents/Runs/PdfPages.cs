using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>
/// Reads pages of PDFs, several with one run of the tools where a document is read from page to page: what was read ahead waits in memory
/// until it is asked for, for a while and up to a limit. After a crash, or on another worker, reading ahead begins anew.
/// </summary>
internal sealed class PdfPages(PdfReader reader, PdfRuns runs, TimeProvider time) : IDisposable
{
    /// <summary>The most pages of a document that are read and that nobody has asked for.</summary>
    public const int MostAhead = 24;

    /// <summary>The memory of pages that nobody has asked for, in bytes; a document takes at most a quarter of it.</summary>
    public const long MostBytes = 256L << 20;

    private const int BytesOfPixel = 3;
    private const int DocumentsWithin = 4;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<DocumentKey, PdfReadAhead> _documents = [];
    private ITimer? _sweep;

    /// <summary>The memory of pages that nobody has asked for, in bytes.</summary>
    public long WaitingBytes
    {
        get
        {
            lock (_lock) return _documents.Values.Sum(document => document.WaitingBytes);
        }
    }

    /// <summary>How many pages are read that nobody has asked for, so that their pictures take no more than their share.</summary>
    public static int Ahead(MediaSettings settings) =>
        (int)Math.Clamp(MostBytes / DocumentsWithin / ((long)settings.MaxPicturePixels * BytesOfPixel), 1, MostAhead);

    /// <summary>A page's picture and text layer.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="page">The page, from 1.</param>
    /// <param name="last">The last page that the job reads.</param>
    /// <param name="settings">The task's settings.</param>
    /// <param name="cancellationToken">Stops the tools, unless somebody else waits for the same run.</param>
    public async Task<ExtractedSegment> ReadAsync(
        string path, int page, int last, MediaSettings settings, CancellationToken cancellationToken)
    {
        var parts = await TakeAsync(path, page, last, settings, cancellationToken).ConfigureAwait(false);
        return await reader.ReadPageAsync(path, page, settings, parts, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends what runs.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _sweep?.Dispose();
            foreach (var document in _documents.Values) document.Stop();
            _documents.Clear();
        }
    }

    private async Task<PdfPageParts> TakeAsync(
        string path, int page, int last, MediaSettings settings, CancellationToken cancellationToken)
    {
        PdfRun run;
        Task read;
        lock (_lock)
        {
            var key = new DocumentKey(path, last, settings.MaxPicturePixels, settings.IncludeTextLayer);
            if (!_documents.TryGetValue(key, out var document))
            {
                _documents[key] = document = new(last, Ahead(settings), new FileInfo(path).Length);
            }

            document.LastAsked = time.GetTimestamp();
            if (document.RunWith(page) is { } begun)
            {
                run = begun;
            }
            else
            {
                if (!HasRoom()) return new();
                var (from, to) = document.Next(page);
                if (from == to) return new();
                var texts = document.TextsOf(from, to);
                run = document.Begin(
                    from,
                    to,
                    _lock,
                    (give, token) => runs.ReadAsync(new(path, from, to, token), texts, document.MayHoldJpegs(path), settings, give));
            }

            read = run.Join(page);
            _sweep ??= time.CreateTimer(_ => Sweep(), null, Kept, Kept);
        }

        try
        {
            await read.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever stops waiting last ends the tools, and waits until they have ended.
            bool isLast;
            lock (_lock) isLast = run.Leave();
            if (isLast) await run.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        lock (_lock) return run.Take(page);
    }

    // What was read ahead longest ago is the least likely to be asked for. Where all of it is being read, pages are read alone.
    private bool HasRoom()
    {
        while (_documents.Values.Sum(document => document.WaitingBytes) > MostBytes)
        {
            if (_documents.Values.Where(document => document.UnaskedBytes > 0).MinBy(document => document.LastAsked) is not { } oldest)
                return false;
            oldest.Drop();
        }

        return true;
    }

    private void Sweep()
    {
        lock (_lock)
        {
            foreach (var (key, document) in _documents.ToList())
            {
                if (document.IsInUse || time.GetElapsedTime(document.LastAsked) < Kept) continue;
                document.Drop();
                _documents.Remove(key);
            }

            if (_documents.Count > 0) return;
            _sweep?.Dispose();
            _sweep = null;
        }
    }

    private sealed record DocumentKey(string Path, int Last, int Pixels, bool HasText);
}
