namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>A Qwen3.5 model's shape, as its config.json (and generation_config.json, where there is one) gives it.</summary>
internal sealed record ModelConfig
{
    /// <summary>The file's name in a checkpoint and in a model folder.</summary>
    public const string FileName = "config.json";

    public required TextConfig Text { get; init; }

    public required VisionConfig Vision { get; init; }

    /// <summary>Whether the head is the embedding table.</summary>
    public required bool TiedHead { get; init; }

    public required int ImageTokenId { get; init; }

    public required int VideoTokenId { get; init; }

    public required int VisionStartTokenId { get; init; }

    public required int VisionEndTokenId { get; init; }

    /// <summary>The ids that end generation, of config.json and generation_config.json together.</summary>
    public required IReadOnlyList<int> EndOfTextIds { get; init; }

    /// <summary>Reads the configuration in a checkpoint or model folder.</summary>
    /// <exception cref="ModelFormatException">A file is missing or not a Qwen3.5 configuration; the message names the key.</exception>
    public static ModelConfig Read(string folder) => ModelConfigReader.Read(Path.Combine(folder, FileName));
}
