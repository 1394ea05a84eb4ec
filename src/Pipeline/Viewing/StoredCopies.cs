using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;

namespace Qwen35Batch.Pipeline.Viewing;

/// <summary>The media store's copies of sources and what was read of documents, to be looked after.</summary>
public sealed class StoredCopies
{
    private readonly MediaStore _store;
    private readonly DocumentStore _documents;

    internal StoredCopies(MediaStore store, DocumentStore documents) => (_store, _documents) = (store, documents);

    /// <summary>
    /// The length of a copy and of what was read of it in bytes, where a link to its source counts 0; null when there is nothing.
    /// </summary>
    /// <param name="sha256">SHA-256 of the content, lower-case hexadecimal.</param>
    public long? Length(string sha256)
    {
        var path = _store.PathOf(sha256);
        var read = _documents.FilesOf(sha256);
        var copy = SourceLink.IsAt(path) ? 0 : new FileInfo(path) is { Exists: true } file ? file.Length : (long?)null;
        return copy is null && read.Count == 0 ? null : (copy ?? 0) + read.Sum(part => part.Length);
    }

    /// <summary>Removes a copy or a link, and what was read of it. Whoever needs it again copies its source again.</summary>
    /// <param name="sha256">SHA-256 of the content, lower-case hexadecimal.</param>
    /// <exception cref="IOException">It is in use, or cannot be removed.</exception>
    public void Remove(string sha256)
    {
        var path = _store.PathOf(sha256);
        if (Directory.Exists(Path.GetDirectoryName(path))) SourceLink.Remove(path);
        foreach (var part in _documents.FilesOf(sha256)) part.Delete();
    }
}
