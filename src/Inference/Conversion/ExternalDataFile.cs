using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>
/// The file beside a graph that holds its weights. Values stream through one buffer, so a conversion takes the same memory whatever the
/// model's size.
/// </summary>
internal sealed class ExternalDataFile : IDisposable
{
    /// <summary>Weights start at multiples of this, so that they can be memory-mapped on every platform.</summary>
    private const int Alignment = 65536;

    private const int BufferElements = 1 << 20;

    private readonly FileStream _stream;
    private readonly string _name;
    private readonly Action<long> _onRead;
    private readonly CancellationToken _cancellationToken;
    private readonly float[] _buffer = new float[BufferElements];
    private int _filled;

    /// <param name="onRead">Told how many elements of the checkpoint were taken.</param>
    public ExternalDataFile(string path, Action<long> onRead, CancellationToken cancellationToken)
    {
        _name = Path.GetFileName(path);
        _stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1);
        _onRead = onRead;
        _cancellationToken = cancellationToken;
    }

    public ExternalTensor Write(WeightRows rows)
    {
        var start = Align();
        foreach (var block in rows.Blocks)
        {
            var count = block.Rows * block.Columns;
            for (var position = 0L; position < count;)
            {
                var taken = (int)Math.Min(count - position, BufferElements - _filled);
                block.Read(position, _buffer.AsSpan(_filled, taken));
                position += taken;
                _filled += taken;
                if (_filled == BufferElements)
                {
                    Flush();
                }
            }

            _onRead(count);
        }

        return Finish(start);
    }

    /// <summary>Writes values that are computed, in pieces of any size.</summary>
    public ExternalTensor Write(IEnumerable<float[]> pieces)
    {
        var start = Align();
        foreach (var piece in pieces)
        {
            for (var remaining = piece.AsSpan(); !remaining.IsEmpty;)
            {
                var taken = Math.Min(remaining.Length, BufferElements - _filled);
                remaining[..taken].CopyTo(_buffer.AsSpan(_filled));
                remaining = remaining[taken..];
                _filled += taken;
                if (_filled == BufferElements)
                {
                    Flush();
                }
            }
        }

        return Finish(start);
    }

    public void Dispose() => _stream.Dispose();

    private long Align()
    {
        var start = (_stream.Position + Alignment - 1) / Alignment * Alignment;
        _stream.SetLength(start);
        return _stream.Position = start;
    }

    private ExternalTensor Finish(long start)
    {
        Flush();
        return new ExternalTensor(_name, start, _stream.Position - start);
    }

    private void Flush()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _stream.Write(MemoryMarshal.AsBytes(_buffer.AsSpan(0, _filled)));
        _filled = 0;
    }
}
