namespace Qwen35Batch.Inference.Tokenization;

/// <summary>A picture, or the frames of a clip, as they came in a message.</summary>
/// <param name="Kind"><see cref="PieceKind.Image"/> or <see cref="PieceKind.Video"/>.</param>
/// <param name="Frames">One for a picture.</param>
internal sealed record MediaPart(PieceKind Kind, IReadOnlyList<MediaFrame> Frames);
