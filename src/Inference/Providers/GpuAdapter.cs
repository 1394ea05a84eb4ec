namespace Qwen35Batch.Inference.Providers;

/// <summary>A GPU of this machine, or a program that computes like one.</summary>
/// <param name="Index">Its place in the list, by which <c>Engine:Device</c> can name it.</param>
/// <param name="Name">What its driver calls it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="VendorId">Its maker's number on the bus.</param>
/// <param name="DeviceId">Its own.</param>
public sealed record GpuAdapter(int Index, string Name, GpuKind Kind, uint VendorId, uint DeviceId)
{
    /// <summary>Bytes of its own memory, or of the system's that it may use; null where nothing says so.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Bytes of them that other programs leave; null where the driver does not say.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>The largest buffer that a shader can be given, and so the largest tensor; null where nothing says so.</summary>
    public long? LargestBufferBytes { get; init; }

    /// <summary>What it can do beyond the least, in WebGPU's words: <c>shader-f16</c> computes in 16 bits. Null where nothing says
    /// so.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Whether shaders can compute in 16-bit floats; null where nothing says so.</summary>
    public bool? HasHalf => Features?.Contains(HalfFeature);

    /// <summary>Lanes of a subgroup: threads that compute in step and can read each other's values. Null where nothing says so.</summary>
    public int? SubgroupLanes { get; init; }

    /// <summary>
    /// The most queries that one run of attention may have; null for any number. From 32 on, ONNX Runtime 1.30 has each lane of a subgroup
    /// hold the scores of keys of its own, and counts on 8 of them or more: with fewer, keys are left out.
    /// </summary>
    public int? MostQueries => SubgroupLanes < LeastLanes ? 31 : null;

    private const int LeastLanes = 8;

    internal const string HalfFeature = "shader-f16";
}
