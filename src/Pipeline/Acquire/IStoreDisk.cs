namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>Writes to the disk what the system keeps in memory.</summary>
internal interface IStoreDisk
{
    /// <summary>Writes the content of files.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="failed">Called with the index of each that could not be written, and why.</param>
    void Flush(IReadOnlyList<string> paths, Action<int, Exception> failed);

    /// <summary>Writes the names of the files in a folder.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    void FlushFolder(string folder);
}
