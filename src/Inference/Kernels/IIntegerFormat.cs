using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>How the integers of a panel are stored: a step is the 32 weights of each of four inputs, as numbers from zero on.</summary>
internal unsafe interface IIntegerFormat
{
    /// <summary>Bits of a weight.</summary>
    static abstract int Bits { get; }

    /// <summary>The number that means zero.</summary>
    static abstract int Zero { get; }

    /// <summary>Bytes of one step.</summary>
    static abstract int StepBytes { get; }

    /// <summary>Weights of outputs 8n to 8n + 7, for n from 0 to 3, the four inputs of an output side by side.</summary>
    static abstract Vector256<byte> Load(byte* step, int n);
}
