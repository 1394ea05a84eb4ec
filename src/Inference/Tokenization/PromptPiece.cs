namespace Qwen35Batch.Inference.Tokenization;

/// <summary>A piece of a prompt.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Text">Its text; for media the placeholder that the template writes.</param>
internal sealed record PromptPiece(PieceKind Kind, string Text)
{
    /// <summary>The place of a picture.</summary>
    public static PromptPiece Image { get; } = new(PieceKind.Image, "<|vision_start|><|image_pad|><|vision_end|>");

    /// <summary>The place of a clip.</summary>
    public static PromptPiece Video { get; } = new(PieceKind.Video, "<|vision_start|><|video_pad|><|vision_end|>");

    /// <summary>Text that somebody else wrote.</summary>
    public static PromptPiece Content(string text) => new(PieceKind.Content, text);

    /// <summary>Whether this is the place of a picture or a clip.</summary>
    public bool IsMedia => Kind is PieceKind.Image or PieceKind.Video;
}
