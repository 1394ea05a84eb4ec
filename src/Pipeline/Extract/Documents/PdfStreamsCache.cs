namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>The streams of the PDFs that were last asked about: their pages come one behind the other.</summary>
internal sealed class PdfStreamsCache
{
    private const int MaxFiles = 4;
    private readonly LinkedList<(string Path, Lazy<PdfStreams> Streams)> _last = [];

    /// <summary>The streams of a file of the media store, which never changes.</summary>
    public PdfStreams Of(string path)
    {
        Lazy<PdfStreams> streams;
        lock (_last)
        {
            var known = _last.FirstOrDefault(each => each.Path == path);
            if (known.Streams is not null)
                _last.Remove(known);
            streams = known.Streams ?? new(() => Read(path));
            _last.AddFirst((path, streams));
            if (_last.Count > MaxFiles)
                _last.RemoveLast();
        }

        return streams.Value;
    }

    private static PdfStreams Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return PdfStreams.Of(file);
    }
}
