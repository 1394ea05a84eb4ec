using System.Text.Json.Nodes;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Tests.Checkpoints;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Decoding;

/// <summary>A model with random weights of a shape that differs from a golden checkpoint's, converted.</summary>
internal sealed class RandomModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private RandomModel()
    {
    }

    public string CheckpointPath => Path.Combine(_folder.FolderPath, "checkpoint");

    public string ModelPath => Path.Combine(_folder.FolderPath, "model");

    /// <param name="like">A golden checkpoint.</param>
    /// <param name="changes">JSON that is laid over its config.json.</param>
    public static async Task<RandomModel> CreateAsync(
        string like, string changes, RandomCheckpointOptions options, CancellationToken cancellationToken,
        ConversionOptions? conversion = null, IProgress<ConversionProgress>? progress = null)
    {
        var model = new RandomModel();
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(TestData.Folder(like), "config.json"), cancellationToken))!
            .AsObject();
        Overlay(config, JsonNode.Parse(changes)!.AsObject());
        var configFile = Path.Combine(model._folder.FolderPath, "changed.json");
        await File.WriteAllTextAsync(configFile, config.ToJsonString(), cancellationToken);
        RandomCheckpoint.Write(configFile, Path.Combine(TestData.Folder(like), "tokenizer.json"), model.CheckpointPath, 7, options);
        await ModelConverter.ConvertAsync(
            model.CheckpointPath, model.ModelPath, conversion ?? new ConversionOptions(), progress, cancellationToken);
        return model;
    }

    public void Dispose() => _folder.Dispose();

    private static void Overlay(JsonObject target, JsonObject changes)
    {
        foreach (var (key, value) in changes)
        {
            if (value is JsonObject inner && target[key] is JsonObject existing)
            {
                Overlay(existing, inner);
            }
            else
            {
                target[key] = value?.DeepClone();
            }
        }
    }
}
