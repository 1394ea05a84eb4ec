using Qwen35Batch.Pipeline.Acquire;

namespace Qwen35Batch.Pipeline.Viewing;

/// <summary>The media store's copies of sources, to be looked after.</summary>
public sealed class StoredCopies
{
    private readonly MediaStore _store;

    internal StoredCopies(MediaStore store) => _store = store;

    /// <summary>The length of a copy in bytes; null when there is none.</summary>
    /// <param name="sha256">SHA-256 of the content, lower-case hexadecimal.</param>
    public long? Length(string sha256) => new FileInfo(_store.PathOf(sha256)) is { Exists: true } file ? file.Length : null;

    /// <summary>Removes a copy. Whoever needs it again copies its source again.</summary>
    /// <param name="sha256">SHA-256 of the content, lower-case hexadecimal.</param>
    /// <exception cref="IOException">It is in use, or cannot be removed.</exception>
    public void Remove(string sha256) => File.Delete(_store.PathOf(sha256));
}
