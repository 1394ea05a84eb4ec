using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Qwen35Batch.Pipeline.Extract.Archives;

/// <summary>
/// Writes an archive's files one behind the other: for each, its <see cref="ArchivedEntry"/> as JSON behind its length in 4 bytes, then its
/// content in blocks behind their lengths, 0 behind the last, -1 and a sentence where it breaks off. Behind the last file stands 0.
/// </summary>
internal sealed class ArchiveWriter(Stream output)
{
    /// <summary>What stands for a length where a file breaks off.</summary>
    public const int Broken = -1;

    /// <summary>Begins a file; one with a problem has no content.</summary>
    public void Begin(ArchivedEntry entry) => Text(JsonSerializer.Serialize(entry));

    /// <summary>Adds a block of the file's content.</summary>
    public void Add(ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
            return;
        Number(block.Length);
        output.Write(block);
    }

    /// <summary>Ends a file's content.</summary>
    /// <param name="problem">Why it breaks off; null when it is whole.</param>
    public void EndFile(string? problem = null)
    {
        Number(problem is null ? 0 : Broken);
        if (problem is not null)
            Text(problem);
    }

    /// <summary>Ends the archive.</summary>
    public void End()
    {
        Number(0);
        output.Flush();
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Number(bytes.Length);
        output.Write(bytes);
    }

    private void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        output.Write(bytes);
    }
}
