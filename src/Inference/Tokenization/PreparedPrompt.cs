using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>A request as the model reads it.</summary>
internal sealed record PreparedPrompt
{
    /// <summary>
    /// The prompt's token ids; <c>&lt;|image_pad|&gt;</c> and <c>&lt;|video_pad|&gt;</c> repeated as often as there are embeddings.
    /// </summary>
    public required int[] TokenIds { get; init; }

    /// <summary>Positions <c>[3, S]</c> (time, height, width), one array after the other.</summary>
    public required int[] Positions { get; init; }

    /// <summary>The position of the token at index i of the answer is <c>TokenIds.Length + RopeDelta + i</c>, on all three axes.</summary>
    public required int RopeDelta { get; init; }

    /// <summary>The pictures and clips in the order of their placeholders.</summary>
    public required IReadOnlyList<VisionPatches> Media { get; init; }

    /// <summary>Indexes into <see cref="TokenIds"/> whose embedding comes from <see cref="Media"/>, ascending.</summary>
    public required int[] MediaTokenIndexes { get; init; }

    /// <summary>The number of leading tokens that are the same for every request of a task: the system message. 0 when unknown.</summary>
    public int SharedPrefixLength { get; init; }

    /// <summary>Pictures and frames that were sent.</summary>
    public int PictureCount { get; init; }
}
