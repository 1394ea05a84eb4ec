namespace Qwen35Batch.Inference.Kernels.Operators;

/// <summary>The rows that go through one expert.</summary>
/// <param name="First">Its first member in <see cref="ExpertMembers.Rows"/>.</param>
/// <param name="Count">Its members.</param>
internal readonly record struct ExpertGroup(int Expert, int First, int Count);
