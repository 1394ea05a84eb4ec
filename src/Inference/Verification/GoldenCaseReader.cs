using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Verification;

/// <summary>Takes the tensors of a <see cref="GoldenCase"/> out of its file.</summary>
internal sealed class GoldenCaseReader(SafetensorsFile file, ModelConfig config)
{
    public int[] Integers(string name, string shape) => Tensor(name, shape).ReadIntegers();

    public float[] Floats(string name, string shape) => Tensor(name, shape).ReadFloats();

    /// <summary>The pictures or clips of a case, none when it has no such tensors.</summary>
    public IReadOnlyList<VisionPatches> Media(string pixels, string grids)
    {
        if (!file.Tensors.ContainsKey(grids) && !file.Tensors.ContainsKey(pixels))
        {
            return [];
        }

        var sizes = Integers(grids, "[media, 3]");
        var (values, merge) = (config.Vision.PatchValues, config.Vision.MergeSize);
        var tensor = Tensor(pixels, $"[patches, {values}]");
        if (tensor.Type != TensorType.U8)
        {
            throw tensor.Unsupported("U8");
        }

        Demand(sizes.Length > 0 && sizes.Length % 3 == 0 && sizes.All(size => size > 0), $"{grids} must be [media, 3], all positive");
        var media = new List<VisionPatches>();
        var start = 0L;
        foreach (var grid in sizes.Chunk(3))
        {
            Demand(grid[1] % merge == 0 && grid[2] % merge == 0, $"{grids} must have heights and widths that are multiples of {merge}");
            var count = (long)grid[0] * grid[1] * grid[2] * values;
            Demand(start + count <= tensor.ByteLength, $"{pixels} must have a row for each patch of {grids}");
            media.Add(new VisionPatches(Normalise(tensor.Bytes(start, checked((int)count))), grid[0], grid[1], grid[2], ""));
            start += count;
        }

        Demand(start == tensor.ByteLength, $"{pixels} must have a row for each patch of {grids}");
        return media;
    }

    public void Demand(bool condition, string complaint)
    {
        if (!condition)
        {
            throw new ModelFormatException($"{file.FilePath}: {complaint}.");
        }
    }

    public ModelFormatException Wrong(string name, string shape) => new($"{file.FilePath}: {name} must be {shape}.");

    private SafetensorsTensor Tensor(string name, string shape) => file.Tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new ModelFormatException($"{file.FilePath} lacks tensor {name} {shape}.");

    private static float[] Normalise(ReadOnlySpan<byte> pixels)
    {
        var values = new float[pixels.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ((pixels[i] / 255f) - 0.5f) / 0.5f;
        }

        return values;
    }
}
