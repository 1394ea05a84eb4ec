using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>
/// A document that was read: its text as UTF-16 in the order of this machine, so that any part can be read by its place; then the
/// rest as JSON; then the JSON's length in 8 bytes. One that is read as fast as its file would be stands in memory.
/// </summary>
internal sealed class DocumentFile : IDisposable
{
    private const int LengthBytes = sizeof(long);
    private const int BlockCharacters = 1 << 15;

    private readonly FileStream? _file;
    private readonly string _text = "";

    /// <summary>A document that is kept nowhere.</summary>
    public DocumentFile(string text, ReadResult result)
    {
        _text = text;
        Length = text.Length;
        Result = result;
    }

    private DocumentFile(FileStream file, int length, ReadResult result)
    {
        _file = file;
        Length = length;
        Result = result;
    }

    /// <summary>Characters of the text.</summary>
    public int Length { get; }

    /// <summary>All but the text.</summary>
    public ReadResult Result { get; }

    /// <summary>Writes a document.</summary>
    public static async Task WriteAsync(Stream output, string text, ReadResult result)
    {
        for (var at = 0; at < text.Length; at += BlockCharacters)
        {
            var block = MemoryMarshal.AsBytes(text.AsSpan(at, Math.Min(BlockCharacters, text.Length - at))).ToArray();
            await output.WriteAsync(block).ConfigureAwait(false);
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(result, ReadingJson.Default.ReadResult);
        var length = new byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        await output.WriteAsync(json).ConfigureAwait(false);
        await output.WriteAsync(length).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Opens a document; null when the file is not whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="last">Keeps what stands behind the text, for the next time.</param>
    public static DocumentFile? Open(string path, LastResults? last = null)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            var size = file.Length;
            Span<byte> length = stackalloc byte[LengthBytes];
            if (size >= LengthBytes && RandomAccess.Read(file.SafeFileHandle, length, size - LengthBytes) == LengthBytes
                && BinaryPrimitives.ReadInt64LittleEndian(length) is > 0 and var json
                    && json <= size - LengthBytes
                    && (size - LengthBytes - json) % 2 == 0)
            {
                var characters = (int)((size - LengthBytes - json) / 2);
                if (last?.Find(path, size) is { } known)
                    return new(file, characters, known);
                var bytes = new byte[json];
                if (RandomAccess.Read(file.SafeFileHandle, bytes, size - LengthBytes - json) == json
                    && JsonSerializer.Deserialize(bytes, ReadingJson.Default.ReadResult) is { } result)
                {
                    last?.Keep(path, size, result);
                    return new(file, characters, result);
                }
            }
        }
        catch (JsonException)
        {
            // What was written is not what is written here: it is read anew.
        }

        file.Dispose();
        return null;
    }

    /// <summary>A part of the text.</summary>
    public string Read(int start, int length) => _file is null
        ? _text.Substring(start, length)
        : string.Create(length, (_file.SafeFileHandle, start), static (characters, from) =>
        {
            var bytes = MemoryMarshal.AsBytes(characters);
            var at = 0;
            int read;
            while (at < bytes.Length && (read = RandomAccess.Read(from.SafeFileHandle, bytes[at..], (from.start * 2L) + at)) > 0)
                at += read;
        });

    public void Dispose() => _file?.Dispose();
}
