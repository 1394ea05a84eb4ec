namespace Qwen35Batch.Inference.Tokenization;

/// <summary>What the chat template wrote.</summary>
/// <param name="Pieces">The prompt.</param>
/// <param name="SystemPieces">How many leading pieces are the system message with the tools; 0 when there is none.</param>
internal sealed record RenderedPrompt(IReadOnlyList<PromptPiece> Pieces, int SystemPieces)
{
    /// <summary>The prompt as one text, each picture and clip as one placeholder.</summary>
    public string Text => string.Concat(Pieces.Select(p => p.Text));
}
