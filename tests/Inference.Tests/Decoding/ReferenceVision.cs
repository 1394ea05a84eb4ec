using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Decoding;

/// <summary>The vision tower as plain loops in double precision, straight from the checkpoint.</summary>
internal sealed class ReferenceVision(Checkpoint checkpoint)
{
    private const double Epsilon = 1e-6;

    private readonly VisionConfig _config = checkpoint.Config.Vision;
    private readonly Dictionary<string, float[]> _tensors = new(StringComparer.Ordinal);

    /// <summary>The embeddings of one picture or clip, <c>[tokens, hidden]</c>.</summary>
    public double[] Encode(VisionPatches media)
    {
        var perFrame = media.GridHeight * media.GridWidth;
        var places = Places(media.GridHeight, media.GridWidth);
        var result = new List<double>();
        for (var frame = 0; frame < media.GridTime; frame++)
        {
            var rows = Enumerable.Range(0, perFrame).Select(patch =>
            {
                var pixels = media.Values.AsSpan(((frame * perFrame) + patch) * _config.PatchValues, _config.PatchValues).ToArray();
                return Sum(
                    Affine("model.visual.patch_embed.proj", Array.ConvertAll(pixels, value => (double)value)),
                    Position(places[patch], media.GridHeight, media.GridWidth));
            }).ToArray();
            for (var block = 0; block < _config.Depth; block++)
            {
                rows = Block(CheckpointLayout.Block(block), rows, places);
            }

            result.AddRange(rows.Select(row => Norm("model.visual.merger.norm", row)).Chunk(_config.MergeUnit)
                .SelectMany(unit => Affine(
                    "model.visual.merger.linear_fc2",
                    Array.ConvertAll(Affine("model.visual.merger.linear_fc1", [.. unit.SelectMany(row => row)]), Gelu))));
        }

        return [.. result];
    }

    /// <summary>Row and column of the patches: block by block, and row by row within a block.</summary>
    private (int Row, int Column)[] Places(int height, int width)
    {
        var merge = _config.MergeSize;
        return
        [
            .. from blockRow in Enumerable.Range(0, height / merge)
               from blockColumn in Enumerable.Range(0, width / merge)
               from row in Enumerable.Range(0, merge)
               from column in Enumerable.Range(0, merge)
               select ((blockRow * merge) + row, (blockColumn * merge) + column),
        ];
    }

    private double[] Position((int Row, int Column) place, int height, int width)
    {
        var side = _config.PositionSide;
        var table = Tensor("model.visual.pos_embed.weight");
        var (y, x) = ((double)place.Row * (side - 1) / (height - 1), (double)place.Column * (side - 1) / (width - 1));
        var (top, left) = ((int)y, (int)x);
        var (bottom, right) = (Math.Min(top + 1, side - 1), Math.Min(left + 1, side - 1));
        var result = new double[_config.HiddenSize];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = ((1 - (y - top)) * (((1 - (x - left)) * At(top, left, i)) + ((x - left) * At(top, right, i))))
                + ((y - top) * (((1 - (x - left)) * At(bottom, left, i)) + ((x - left) * At(bottom, right, i))));
        }

        return result;

        double At(int row, int column, int i) => table[(((row * side) + column) * _config.HiddenSize) + i];
    }

    private double[][] Block(string prefix, double[][] rows, (int Row, int Column)[] places)
    {
        var dim = _config.HeadDim;
        var projected = Array.ConvertAll(rows, row => Affine(prefix + "attn.qkv", Norm(prefix + "norm1", row)));
        var attended = Enumerable.Range(0, rows.Length).Select(_ => new double[_config.HiddenSize]).ToArray();
        for (var head = 0; head < _config.Heads; head++)
        {
            var queries = projected.Select((row, i) => Rotate(row.AsSpan(head * dim, dim), places[i])).ToArray();
            var keys = projected.Select((row, i) => Rotate(row.AsSpan(_config.HiddenSize + (head * dim), dim), places[i])).ToArray();
            for (var t = 0; t < rows.Length; t++)
            {
                var weights = Array.ConvertAll(keys, key => Math.Exp(queries[t].Zip(key, (q, k) => q * k).Sum() / Math.Sqrt(dim)));
                var sum = weights.Sum();
                for (var d = 0; d < dim; d++)
                {
                    attended[t][(head * dim)
                        + d] = projected.Select((row, s) => row[(2 * _config.HiddenSize) + (head * dim) + d] * weights[s] / sum).Sum();
                }
            }
        }

        var middle = rows.Zip(attended, (row, values) => Sum(row, Affine(prefix + "attn.proj", values)));
        return [.. middle.Select(row => Sum(
            row,
            Affine(
                prefix + "mlp.linear_fc2", Array.ConvertAll(Affine(prefix + "mlp.linear_fc1", Norm(prefix + "norm2", row)), GeluTanh))))];
    }

    private static double[] Rotate(ReadOnlySpan<double> head, (int Row, int Column) place)
    {
        var (half, quarter) = (head.Length / 2, head.Length / 4);
        var rotated = new double[head.Length];
        for (var i = 0; i < half; i++)
        {
            var angle = (i < quarter ? place.Row : place.Column) * Math.Pow(10000, -2.0 * (i % quarter) / half);
            rotated[i] = (head[i] * Math.Cos(angle)) - (head[half + i] * Math.Sin(angle));
            rotated[half + i] = (head[half + i] * Math.Cos(angle)) + (head[i] * Math.Sin(angle));
        }

        return rotated;
    }

    private double[] Norm(string name, double[] row)
    {
        var mean = row.Average();
        var scale = 1 / Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + Epsilon);
        var (weight, bias) = (Tensor(name + ".weight"), Tensor(name + ".bias"));
        return [.. row.Select((value, i) => ((value - mean) * scale * weight[i]) + bias[i])];
    }

    private double[] Affine(string name, double[] row)
    {
        var (weight, bias) = (Tensor(name + ".weight"), Tensor(name + ".bias"));
        var result = new double[bias.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = bias[i];
            for (var k = 0; k < row.Length; k++)
            {
                result[i] += weight[(i * row.Length) + k] * row[k];
            }
        }

        return result;
    }

    private float[] Tensor(string name)
    {
        if (!_tensors.TryGetValue(name, out var values))
        {
            _tensors.Add(name, values = checkpoint.Tensors[name].ReadFloats());
        }

        return values;
    }

    private static double[] Sum(double[] first, double[] second) => [.. first.Zip(second, (a, b) => a + b)];

    private static double GeluTanh(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    /// <summary>With the normal distribution itself, integrated by Simpson's rule.</summary>
    private static double Gelu(double x)
    {
        const int Steps = 200;
        var width = x / Steps;
        var sum = 0.0;
        for (var i = 0; i <= Steps; i++)
        {
            sum += Math.Exp(-0.5 * i * width * i * width) * (i is 0 or Steps ? 1 : i % 2 == 0 ? 2 : 4);
        }

        return x * (0.5 + (sum * width / 3 / Math.Sqrt(2 * Math.PI)));
    }
}
