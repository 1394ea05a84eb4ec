using System.Text.Json;
using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Tests.Checkpoints;

/// <summary>
/// Writes a checkpoint with random weights in Hugging Face's layout. The same configuration and seed give the same weights.
/// </summary>
internal static class RandomCheckpoint
{
    private const int PieceLength = 1 << 16;

    /// <summary>Writes config.json, tokenizer.json and the weights in BF16. Memory stays flat whatever the size.</summary>
    /// <param name="configJsonPath">A config.json of <c>qwen3_5_moe</c> or <c>qwen3_5</c>.</param>
    /// <param name="tokenizerJsonPath">A tokenizer.json, copied.</param>
    /// <param name="folder">Created if needed.</param>
    /// <param name="seed">Another seed gives other weights.</param>
    /// <exception cref="ModelFormatException">The configuration is not usable.</exception>
    public static void Write(string configJsonPath, string tokenizerJsonPath, string folder, int seed) =>
        Write(configJsonPath, tokenizerJsonPath, folder, seed, new RandomCheckpointOptions());

    public static void Write(string configJsonPath, string tokenizerJsonPath, string folder, int seed, RandomCheckpointOptions options)
    {
        var config = ModelConfigReader.Read(configJsonPath);
        Directory.CreateDirectory(folder);
        File.Copy(configJsonPath, Path.Combine(folder, ModelConfig.FileName), overwrite: true);
        File.Copy(tokenizerJsonPath, Path.Combine(folder, "tokenizer.json"), overwrite: true);
        var tensors = CheckpointLayout.Tensors(config)
            .SelectMany(tensor => options.FusedExperts ? [tensor] : ExpertWeights.Separate(tensor))
            .ToList();
        if (options.PredictionHead)
        {
            tensors.Add(new TensorShape("mtp.fc.weight", config.Text.HiddenSize, 2 * config.Text.HiddenSize));
        }

        var index = new Dictionary<string, string>(StringComparer.Ordinal);
        var perFile = (tensors.Count + options.Shards - 1) / options.Shards;
        var shard = 0;
        foreach (var part in tensors.Chunk(perFile))
        {
            shard++;
            var name = options.Shards == 1 ? "model.safetensors" : $"model-{shard:d5}-of-{options.Shards:d5}.safetensors";
            WriteFile(Path.Combine(folder, name), part, seed, options);
            Array.ForEach(part, tensor => index.Add(tensor.Name, name));
        }

        if (options.Shards > 1)
        {
            File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), JsonSerializer.Serialize(new { weight_map = index }));
        }
    }

    private static void WriteFile(string file, TensorShape[] tensors, int seed, RandomCheckpointOptions options)
    {
        var typed = tensors.Select(
            tensor => (tensor, tensor.Name.EndsWith(".A_log", StringComparison.Ordinal) ? TensorType.F32 : options.Type)).ToArray();
        using var writer = new SafetensorsWriter(file, typed);
        var piece = new float[PieceLength];
        foreach (var (tensor, tensorType) in typed)
        {
            var random = new RandomWeights(tensor.Name, seed, options.StandardDeviation);
            for (var start = 0L; start < tensor.Count; start += PieceLength)
            {
                var values = piece.AsSpan(0, (int)Math.Min(tensor.Count - start, PieceLength));
                random.Fill(start, values);
                writer.Write(values, tensorType);
            }
        }
    }
}
