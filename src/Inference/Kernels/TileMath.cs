using System.Numerics;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>What is done with the rows of a tile. Each value is computed the same way wherever it stands.</summary>
internal static unsafe class TileMath
{
    /// <summary><c>target = left + right</c>.</summary>
    public static void Add(float* left, float* right, int count, float* target)
    {
        for (var i = 0; i < count; i++)
        {
            target[i] = left[i] + right[i];
        }
    }

    /// <summary><c>target = scale * row</c>.</summary>
    public static void Scale(float* row, float scale, int count, float* target)
    {
        for (var i = 0; i < count; i++)
        {
            target[i] = scale * row[i];
        }
    }

    /// <summary><c>target = target + scale * row</c>, rounded once.</summary>
    public static void AddScaled(float* row, float scale, int count, float* target)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.FusedMultiplyAdd(Vector.Load(row + i), new Vector<float>(scale), Vector.Load(target + i)).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] = MathF.FusedMultiplyAdd(row[i], scale, target[i]);
        }
    }

    /// <summary><c>target = silu(gate) * factor</c> of a row's two halves.</summary>
    public static void Gate(float* row, float* target)
    {
        for (var i = 0; i < Panels.Half; i += Vector<float>.Count)
        {
            var gate = Vector.Load(row + i);
            (gate / (Vector<float>.One + Vector.Exp(-gate)) * Vector.Load(row + Panels.Half + i)).Store(target + i);
        }
    }
}
