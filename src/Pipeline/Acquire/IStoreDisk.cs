namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>Writes to the disk what the system keeps in memory.</summary>
internal interface IStoreDisk
{
    /// <summary>Writes the content of files.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="failed">Called with the index of each that could not be written, and why; from several threads.</param>
    void Flush(IReadOnlyList<string> paths, Action<int, Exception> failed);

    /// <summary>Writes the names of the files in folders.</summary>
    /// <param name="folders">The folders.</param>
    /// <param name="failed">Called with the index of each that could not be written, and why; from several threads.</param>
    void FlushFolders(IReadOnlyList<string> folders, Action<int, Exception> failed);
}
