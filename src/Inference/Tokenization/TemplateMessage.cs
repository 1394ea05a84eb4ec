namespace Qwen35Batch.Inference.Tokenization;

/// <summary>A message as the chat template knows it.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Content">Text and the places of pictures and clips.</param>
internal sealed record TemplateMessage(string Role, IReadOnlyList<PromptPiece> Content)
{
    /// <summary>
    /// The number of the chat message that this was, for errors; null when it is the same as its place in the conversation.
    /// </summary>
    public int? Number { get; init; }

    /// <summary>
    /// The reasoning of an assistant's turn; null when it may stand in the content between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>.
    /// </summary>
    public string? Reasoning { get; init; }

    /// <summary>The calls of an assistant's turn.</summary>
    public IReadOnlyList<TemplateToolCall> ToolCalls { get; init; } = [];
}
