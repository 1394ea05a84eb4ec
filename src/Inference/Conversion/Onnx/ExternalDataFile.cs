using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Kernels;
using Qwen35Batch.Inference.Quantization;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// The file beside a graph that holds its weights. Values stream through one buffer, so a conversion takes the same memory whatever the
/// model's size.
/// </summary>
internal sealed class ExternalDataFile : IDisposable
{
    /// <summary>Weights start at multiples of this, so that they can be memory-mapped on every platform.</summary>
    private const int Alignment = 65536;

    private const int BufferElements = 1 << 20;

    private const int BlocksPerTask = 512;

    private const int HalvesPerTask = 1 << 16;

    /// <summary>Panels that are packed at the same time take this much.</summary>
    private const int PackedBytes = 16 << 20;

    private readonly FileStream _stream;
    private readonly string _name;
    private readonly Action<long> _onRead;
    private readonly CancellationToken _cancellationToken;
    private readonly float[] _buffer = new float[BufferElements];
    private int _filled;

    /// <summary>Whether the buffer holds again what was taken from it last.</summary>
    private bool _isSame;

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
        Read(rows, Flush);
        return Finish(start);
    }

    /// <summary>Writes a weight as 16-bit floats.</summary>
    /// <exception cref="ModelFormatException">A value is beyond their range.</exception>
    public ExternalTensor WriteHalf(WeightRows rows)
    {
        var start = Align();
        var halves = new Half[BufferElements];
        Read(rows, Convert);
        Convert();
        return new ExternalTensor(_name, start, _stream.Position - start);

        void Convert()
        {
            _cancellationToken.ThrowIfCancellationRequested();
            Parallel.ForEach(Partitioner.Create(0, Math.Max(1, _filled), HalvesPerTask), range =>
            {
                for (var i = range.Item1; i < Math.Min(_filled, range.Item2); i++)
                {
                    halves[i] = (Half)_buffer[i];
                }
            });
            for (var i = 0; i < _filled; i++)
            {
                if (!Half.IsFinite(halves[i]))
                {
                    throw BeyondHalf(rows);
                }
            }

            _stream.Write(MemoryMarshal.AsBytes(halves.AsSpan(0, _filled)));
            _filled = 0;
        }
    }

    /// <summary>Writes a weight as integers, and its scales behind them.</summary>
    public QuantizedTensor Write(WeightRows rows, BlockFormat format)
    {
        var count = rows.Shape.Aggregate(1L, (product, dim) => product * dim);
        var values = new ExternalTensor(_name, Align(), format.BytesOf(count));
        var scales = new ExternalTensor(_name, Aligned(values.Offset + values.Length), count / format.Length * sizeof(float));
        var packed = new byte[format.BytesOf(BufferElements)];
        var blockScales = new float[BufferElements / format.Length];
        var done = 0L;
        Read(rows, Quantize);
        Quantize();
        _stream.Position = scales.Offset + scales.Length;
        return new QuantizedTensor(values, scales);

        void Quantize()
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var blocks = _filled / format.Length;
            if (!_isSame)
            {
                Parallel.ForEach(Partitioner.Create(0, Math.Max(1, blocks), BlocksPerTask), range =>
                {
                    var (first, end) = (range.Item1, Math.Min(blocks, range.Item2));
                    BlockQuantizer.Quantize(
                        _buffer.AsSpan(first * format.Length, (end - first) * format.Length),
                        format,
                        packed.AsSpan((int)format.BytesOf(first * format.Length)),
                        blockScales.AsSpan(first, end - first));
                });
            }

            _stream.Position = values.Offset + format.BytesOf(done);
            _stream.Write(packed.AsSpan(0, (int)format.BytesOf(_filled)));
            _stream.Position = scales.Offset + (done / format.Length * sizeof(float));
            _stream.Write(MemoryMarshal.AsBytes(blockScales.AsSpan(0, blocks)));
            done += _filled;
            _filled = 0;
        }
    }

    /// <summary>Writes a weight as panels, which all cores pack.</summary>
    public ExternalTensor Write(PanelRows rows, PanelPacker packer)
    {
        var start = Align();
        var bytes = packer.Bytes(rows.Depth);
        var packed = new byte[Math.Max(1, PackedBytes / bytes) * bytes];
        foreach (var panels in rows.Blocks.Chunk(packed.Length / bytes))
        {
            _cancellationToken.ThrowIfCancellationRequested();
            Parallel.For(0, panels.Length, panel => packer.Pack(panels[panel], packed.AsSpan(panel * bytes, bytes)));
            _stream.Write(packed, 0, panels.Length * bytes);
            _onRead(panels.Sum(panel => panel.Sum(half => half.Sum(block => (long)block.Columns))));
        }

        return new ExternalTensor(_name, start, _stream.Position - start);
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

    /// <summary>Looks for the value again, to name its tensor.</summary>
    private static ModelFormatException BeyondHalf(WeightRows rows)
    {
        var values = new float[1];
        foreach (var block in rows.Blocks)
        {
            for (var i = 0L; i < block.Rows * block.Columns; i++)
            {
                block.Read(i, values);
                if (!Half.IsFinite((Half)values[0]))
                {
                    return new ModelFormatException(
                        $"{block.Tensor.File}: tensor {block.Tensor.Name} has the value {values[0]:g6}, which 16-bit floats cannot hold: "
                            + $"they end at {Half.MaxValue}. Choose --precision fp32.");
                }
            }
        }

        return new ModelFormatException("The checkpoint changed while it was converted.");
    }

    private static long Aligned(long position) => (position + Alignment - 1) / Alignment * Alignment;

    private long Align()
    {
        var start = Aligned(_stream.Position);
        _stream.SetLength(start);
        return _stream.Position = start;
    }

    /// <summary>
    /// Takes a weight through the buffer, which <paramref name="empty"/> empties when it is full; the rest is left in it.
    /// </summary>
    private void Read(WeightRows rows, Action empty)
    {
        _isSame = false;
        foreach (var block in rows.Blocks)
        {
            if (block.Tensor.Repeats)
            {
                Repeat(rows, empty);
                return;
            }

            var count = block.Rows * block.Columns;
            for (var position = 0L; position < count;)
            {
                var taken = (int)Math.Min(count - position, BufferElements - _filled);
                block.Read(position, _buffer.AsSpan(_filled, taken));
                position += taken;
                _filled += taken;
                if (_filled == BufferElements)
                {
                    empty();
                }
            }

            _onRead(count);
        }
    }

    /// <summary>Takes what fills the buffer, as often as makes up the weight.</summary>
    private void Repeat(WeightRows rows, Action empty)
    {
        var count = rows.Shape.Aggregate(1L, (product, dim) => product * dim);
        foreach (var block in rows.Blocks)
        {
            var taken = (int)Math.Min(block.Rows * block.Columns, BufferElements - _filled);
            block.Read(0, _buffer.AsSpan(_filled, taken));
            _filled += taken;
            if (_filled == BufferElements) break;
        }

        for (var left = count; left > 0;)
        {
            _filled = (int)Math.Min(left, BufferElements);
            left -= _filled;
            if (_filled < BufferElements) break;
            empty();
            _isSame = true;
        }

        _onRead(count);
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
