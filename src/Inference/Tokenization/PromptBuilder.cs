using Microsoft.Extensions.AI;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>
/// Turns chat messages into what the model reads: template, tokens, pictures, positions. Thread-safe. Additional properties of the
/// options: <c>enable_thinking</c> (bool, default false), <c>min_pixels</c> and <c>max_pixels</c> (integers).
/// </summary>
internal sealed class PromptBuilder(Qwen35Tokenizer tokenizer, VisionSettings vision)
{
    /// <exception cref="InvalidPromptException">A message or a part cannot be sent; the message says which and why.</exception>
    public PreparedPrompt Build(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken = default) => throw new NotImplementedException($"{tokenizer}{vision}{messages}{options}{cancellationToken}");
}
