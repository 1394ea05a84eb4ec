using Qwen35Batch.Pipeline.Acquire;

namespace Qwen35Batch.Pipeline.Viewing;

/// <summary>The media store's copies of sources, to be looked after.</summary>
public sealed class StoredCopies
{
    private readonly MediaStore _store;

    internal StoredCopies(MediaStore store) => _store = store;

    /// <summary>The length of a copy in bytes, 0 for a link to its source; null when there is neither.</summary>
    /// <param name="sha256">SHA-256 of the content, lower-case hexadecimal.</param>
    public long? Length(string sha256)
    {
        var path = _store.PathOf(sha256);
        if (SourceLink.IsAt(path)) return 0;
        return new FileInfo(path) is { Exists: true } file ? file.Length : null;
    }

    /// <summary>Removes a copy or a link. Whoever needs it again copies its source again.</summary>
    /// <param name="sha256">SHA-256 of the content, lower-case hexadecimal.</param>
    /// <exception cref="IOException">It is in use, or cannot be removed.</exception>
    public void Remove(string sha256) => SourceLink.Remove(_store.PathOf(sha256));
}
