namespace Qwen35Batch.Inference.Tokenization;

/// <summary>Where a piece of a prompt comes from.</summary>
internal enum PieceKind
{
    /// <summary>Written by the template: special tokens in it are special tokens.</summary>
    Template,

    /// <summary>Written by somebody else: never a special token, whatever it spells.</summary>
    Content,

    /// <summary>The place of a picture.</summary>
    Image,

    /// <summary>The place of a clip.</summary>
    Video,
}
