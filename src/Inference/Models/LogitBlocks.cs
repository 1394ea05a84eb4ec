namespace Qwen35Batch.Inference.Models;

/// <summary>
/// How a row of logits is cut to find the best of it on a device: sorting a whole row there takes longer than to bring it down. The best
/// blocks by their largest logit hold at least as many of the best tokens as there are such blocks, and of each block as many are taken.
/// </summary>
internal static class LogitBlocks
{
    /// <summary>In place of a logit that is not allowed: below any, and above what sorts a device fills up with.</summary>
    public const float NotAllowed = -1e30f;

    /// <summary>Tokens of an element of a mask.</summary>
    public const int MaskBits = 32;

    private const int Wide = 256;
    private const int SmallVocabulary = 1 << 15;

    /// <summary>Logits of a block.</summary>
    public static int Width(int vocabulary) => IsSmall(vocabulary) ? MaskBits : Wide;

    /// <summary>Blocks of a row; the last one may have room for more.</summary>
    public static int Count(int vocabulary) => (vocabulary + Width(vocabulary) - 1) / Width(vocabulary);

    /// <summary>Elements of a mask.</summary>
    public static int MaskLength(int vocabulary) => Count(vocabulary) * Width(vocabulary) / MaskBits;

    /// <summary>Blocks that are looked into.</summary>
    public static int Best(int vocabulary) => Math.Min(Most(vocabulary), Count(vocabulary));

    /// <summary>Logits that are taken of each.</summary>
    public static int Taken(int vocabulary) => Math.Min(Most(vocabulary), Width(vocabulary));

    /// <summary>Logits that are taken of a row.</summary>
    public static int Room(int vocabulary) => Best(vocabulary) * Taken(vocabulary);

    /// <summary>Of a short row so many as a long one gives would be more than the row.</summary>
    private static int Most(int vocabulary) => IsSmall(vocabulary) ? 16 : 32;

    private static bool IsSmall(int vocabulary) => vocabulary < SmallVocabulary;
}
