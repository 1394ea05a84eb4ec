namespace Qwen35Batch.Inference.Providers;

/// <summary>What a GPU is; those with memory of their own first.</summary>
public enum GpuKind
{
    /// <summary>A card with memory of its own.</summary>
    Discrete,

    /// <summary>A part of the processor, in the system's memory.</summary>
    Integrated,

    /// <summary>A share of a card that a virtual machine has.</summary>
    Virtual,

    /// <summary>A program on the processor, such as SwiftShader: for tests.</summary>
    Cpu,

    /// <summary>The driver does not say.</summary>
    Other,
}
