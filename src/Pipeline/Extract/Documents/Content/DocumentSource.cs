using System.IO.Compression;

namespace Qwen35Batch.Pipeline.Extract.Documents.Content;

/// <summary>The bytes of a document: a file of the media store, or a file that stands within another document.</summary>
internal sealed class DocumentSource
{
    private readonly string? _path;
    private readonly byte[] _bytes = [];

    private DocumentSource(string path) => _path = path;

    private DocumentSource(byte[] bytes) => _bytes = bytes;

    /// <summary>Their number.</summary>
    public long Length => _path is null ? _bytes.Length : new FileInfo(_path).Length;

    /// <summary>A file of the media store.</summary>
    public static DocumentSource OfFile(string path) => new(path);

    /// <summary>A file that was taken out of another.</summary>
    public static DocumentSource OfBytes(byte[] bytes) => new(bytes);

    /// <summary>Opens it for reading from any place.</summary>
    public Stream Open() =>
        _path is null ? new MemoryStream(_bytes, writable: false) : new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read);

    /// <summary>Opens it as a package of parts.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public ZipArchive OpenPackage() => new(Open(), ZipArchiveMode.Read);

    /// <summary>All of it.</summary>
    public byte[] ReadAll() => _path is null ? _bytes : File.ReadAllBytes(_path);
}
