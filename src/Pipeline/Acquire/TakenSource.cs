namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>A source's content in a temporary file, which is deleted unless it was moved.</summary>
/// <param name="Path">The file, or a link to the source.</param>
/// <param name="Sha256">SHA-256 of the content, lower-case hexadecimal.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Head">Its first bytes, as many as are looked at to tell what it is.</param>
/// <param name="Stamp">What the source looked like when it was read; null when <paramref name="Path"/> is a copy.</param>
internal sealed record TakenSource(string Path, string Sha256, long Length, byte[] Head, string? Stamp) : IDisposable
{
    // Without its folder, a file cannot even be deleted, and that would hide why there is none.
    public void Dispose()
    {
        if (File.Exists(Path)) File.Delete(Path);
    }
}
