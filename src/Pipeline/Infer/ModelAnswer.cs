using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Infer;

/// <summary>What the model said.</summary>
/// <param name="Text">The answer as it was written.</param>
/// <param name="Truncated">True when its tokens were spent before it ended.</param>
/// <param name="Model">The model and its revision.</param>
/// <param name="Usage">What it took.</param>
/// <param name="Note">What a reader must know of how the answer came; null when nothing.</param>
internal sealed record ModelAnswer(string Text, bool Truncated, string Model, Usage Usage, string? Note = null)
{
    /// <summary>The tokens of <see cref="Text"/> that were a choice; null when the engine does not say.</summary>
    public IReadOnlyList<TokenChoice>? Choices { get; init; }

    /// <summary>The calls of tools that it asks for; empty where none were offered.</summary>
    public IReadOnlyList<FunctionCallContent> Calls { get; init; } = [];

    /// <summary>
    /// Why an endpoint gave no <see cref="Choices"/>, for an operator; null when it did, and for the engine in this process.
    /// </summary>
    public string? NoChoices { get; init; }
}
