namespace Qwen35Batch.Gpu.Tests;

/// <summary>Tests on the GPU run one after the other: they share one device and its compiled shaders.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class OneGpu : ICollectionFixture<GpuMachine>;
