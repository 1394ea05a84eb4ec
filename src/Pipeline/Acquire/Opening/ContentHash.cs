using System.Buffers;
using System.Security.Cryptography;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>Tells local files apart by their content, before a job is made of them.</summary>
public sealed class ContentHash
{
    private const int BufferBytes = 1 << 20;
    private const int ShortBytes = 1 << 16;

    private readonly LocalSource _files;

    internal ContentHash(LocalSource files) => _files = files;

    /// <summary>Reads a local source whole.</summary>
    /// <returns>SHA-256, lower-case hexadecimal; null for a URL, and for a file that is not there or may not be read: the job's plan says
    /// so.</returns>
    public async Task<string?> OfAsync(string source, CancellationToken cancellationToken)
    {
        if (SourceAddress.Scheme(source) is not (null or "file")) return null;
        try
        {
            await using var opened = _files.Open(source);
            return opened.Content is FileStream { Length: <= ShortBytes } file
                ? Read(file)
                : await ReadAsync(opened.Content, cancellationToken);
        }
        catch (Exception exception) when (exception is MediaRejectedException or ResourceUnavailableException or IOException)
        {
            return null;
        }
    }

    /// <summary>Most files are short, and to have another thread read so little costs more than the reading.</summary>
    private static string Read(FileStream content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(ShortBytes);
        try
        {
            while (content.Read(buffer) is > 0 and var read) hash.AppendData(buffer, 0, read);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<string> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Min(BufferBytes, Math.Max(content.Length, 1))];
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read) hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
