using System.Text.Json;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>What a benchmark of the engine runs.</summary>
public sealed record EngineBenchmarkOptions
{
    /// <summary>Requests that run together; each number is measured on its own, with as many slots.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1, 8, 32];

    /// <summary>Tokens of each prompt, 2 or more.</summary>
    public int PromptTokens { get; init; } = 256;

    /// <summary>Tokens of each answer, 2 or more.</summary>
    public int GeneratedTokens { get; init; } = 64;

    /// <summary>
    /// What the answers must look like, as a JSON Schema; null for answers without a form. With a schema the model's tokenizer is used, and
    /// an answer may end before its tokens are spent.
    /// </summary>
    public JsonElement? Schema { get; init; }

    /// <summary>Whether to run as with <see cref="EngineOptions.Deterministic"/>.</summary>
    public bool Deterministic { get; init; }

    /// <summary>On what to compute.</summary>
    public ExecutionProviderOptions Execution { get; init; } = new();
}
