namespace Qwen35Batch.Inference.Models;

/// <summary>
/// Names of files, inputs and outputs, as onnxruntime-genai's export of Qwen3.5 has them; LogitsToKeep is transformers.js's.
/// </summary>
internal static class GraphNames
{
    public const string TextFile = "text.onnx";
    public const string VisionFile = "vision.onnx";
    public const string EmbeddingFile = "embedding.onnx";

    /// <summary>Moves the states of sequences, in a model for GPUs.</summary>
    public const string StatesFile = "states.onnx";

    /// <summary>Finds the best logits of a step, in a model for GPUs.</summary>
    public const string BestFile = "best.onnx";

    /// <summary>In a model for GPUs, unless it is exact: the same graph with products in 16 bits, over the same weights.</summary>
    public static string HalfOf(string file) => Path.ChangeExtension(file, ".half.onnx");

    public const string InputIds = "input_ids";
    public const string Embeddings = "inputs_embeds";
    public const string AttentionMask = "attention_mask";
    public const string Positions = "position_ids";
    public const string LogitsToKeep = "num_logits_to_keep";
    public const string Logits = "logits";

    /// <summary>In a model for GPUs: of each row of a step the row of the embeddings, with those of pictures behind the tokens'.</summary>
    public const string RowOrder = "row_order";

    /// <summary>In a model for GPUs: batch, tokens of each sequence, -1.</summary>
    public const string SequenceShape = "sequence_shape";

    /// <summary>In a model for GPUs: the place of each sequence's last token after the step.</summary>
    public const string LastIndexes = "seqlens_k";

    /// <summary>In a model for GPUs: tokens of the longest sequence after the step.</summary>
    public const string LongestLength = "total_sequence_length";

    /// <summary>In a model for GPUs: the rows of a step whose logits are wanted.</summary>
    public const string LogitRows = "logit_rows";

    public const string PixelValues = "pixel_values";
    public const string ImageGrid = "image_grid_thw";
    public const string ImageFeatures = "image_features";

    /// <summary>In a model for GPUs: frames, patches of a frame, hidden.</summary>
    public const string FramesShape = "frames_shape";

    /// <summary>In a model for GPUs: of each patch of a frame the four learned positions around it, and how much each counts.</summary>
    public const string PositionIndexes = "position_indexes";
    public const string PositionWeights = "position_weights";

    /// <summary>In a model for GPUs: of each patch of a frame the cosines and sines of its rotary position.</summary>
    public const string RotaryCos = "rotary_cos";
    public const string RotarySin = "rotary_sin";

    /// <summary>Which row of the source is moved: its index, and the next one.</summary>
    public const string SourceStart = "source_start";
    public const string SourceEnd = "source_end";

    /// <summary>The same for caches, with the tokens that are moved: 0, and their number.</summary>
    public const string PieceStart = "piece_start";
    public const string PieceEnd = "piece_end";

    /// <summary>The shape of a piece of a cache.</summary>
    public const string PieceShape = "piece_shape";

    /// <summary>Which row of the target is written.</summary>
    public const string TargetRow = "target_row";

    /// <summary>The node of a block of the vision tower in which patches look at each other, where one operator does that.</summary>
    public static string VisionAttention(int block) => $"blocks.{block}.attention";

    /// <summary>Which rows of a step's logits are chosen from.</summary>
    public const string ChosenRows = "chosen_rows";

    /// <summary>What may be chosen, a bit a token; which of these masks holds for each row.</summary>
    public const string Masks = "masks";
    public const string MaskOfRow = "mask_of_row";

    /// <summary>The best blocks of a row, the best first: the largest logit in each, and which block it is.</summary>
    public const string BlockLogits = "block_logits";
    public const string Blocks = "blocks";

    /// <summary>The best logits of each of these blocks, the largest first, and where in the block they stand.</summary>
    public const string BestLogits = "best_logits";
    public const string Places = "places";

    /// <summary>Of a row the sum of the exponentials, of the allowed tokens and relative to the best; the sum of all logits.</summary>
    public const string Exponentials = "exponentials";
    public const string LogitSum = "logit_sum";

    /// <summary>The rows that are chosen from, whole.</summary>
    public const string WholeRows = "whole_rows";

    private const string PastPrefix = "past_key_values.";
    private const string PresentPrefix = "present.";

    public static string Past(int layer, string state) => $"{PastPrefix}{layer}.{state}";

    public static string Present(int layer, string state) => $"{PresentPrefix}{layer}.{state}";

    public static bool IsPast(string input) => input.StartsWith(PastPrefix, StringComparison.Ordinal);

    public static string SourceOf(string past) => "source." + past;

    public static string TargetOf(string past) => "target." + past;

    public static string MovedOf(string past) => "moved." + past;

    /// <summary>The output that goes on from a state input.</summary>
    public static string PresentOf(string past) => PresentPrefix + past[PastPrefix.Length..];
}
