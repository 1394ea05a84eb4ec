namespace Qwen35Batch.Benchmarks.Extraction;

/// <summary>At most how many times the time of the tools alone.</summary>
internal sealed record Asked(double Wall, double Cpu);
