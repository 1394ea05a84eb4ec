using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>Sums of products of four bytes each. Sums are exact, so all implementations give the same.</summary>
internal interface IDotProduct
{
    /// <summary>Adds to each of eight sums the products of its four weights (0 to 255) and four values (-127 to 127).</summary>
    static abstract Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> values);
}
