using System.IO.MemoryMappedFiles;

namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>A safetensors file, memory-mapped: what is read of it is in the page cache, not in the process's own memory.</summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, SafetensorsTensor> _tensors = new(StringComparer.Ordinal);

    private SafetensorsFile(string path, IReadOnlyList<SafetensorsHeader.Entry> entries, long dataStart)
    {
        FilePath = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        foreach (var entry in entries)
        {
            _tensors.Add(entry.Name, new SafetensorsTensor(path, entry, start + _view.PointerOffset + dataStart + entry.Start));
        }
    }

    public string FilePath { get; }

    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors => _tensors;

    /// <exception cref="ModelFormatException">The file is missing, truncated or damaged.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new ModelFormatException($"{path} does not exist.");
        }

        try
        {
            var (entries, dataStart) = SafetensorsHeader.Read(path);
            return new SafetensorsFile(path, entries, dataStart);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path} cannot be read: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
