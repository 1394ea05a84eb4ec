namespace Qwen35Batch.Inference.Providers;

/// <summary>A model does not fit into the memory of the GPU. The message has the numbers and what to lower.</summary>
public sealed class DeviceMemoryException(string message) : ExecutionProviderException(message);
