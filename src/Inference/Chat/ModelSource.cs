using Microsoft.Extensions.Logging;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Chat;

/// <summary>Finds the model folder that the options mean, and converts a checkpoint to it where there is none yet.</summary>
internal static partial class ModelSource
{
    // Whoever else needs the folder waits for the conversion instead of making another.
    private static readonly SemaphoreSlim Converting = new(1);

    /// <summary>Says at once what is wrong with the folder, without loading anything.</summary>
    /// <exception cref="ModelFormatException">The folder is neither a model folder nor a checkpoint.</exception>
    /// <exception cref="ExecutionProviderException">The execution provider is not in this build, or cannot run the model.</exception>
    public static void Check(EngineOptions options)
    {
        var folder = options.ModelFolder;
        if (!Directory.Exists(folder))
        {
            throw new ModelFormatException(
                $"Engine:ModelFolder is {folder}, but there is no such folder. Give a folder made by 'qwen35batch model convert', or a "
                    + $"Hugging Face checkpoint folder of Qwen3.5.");
        }

        if (ModelFolder.IsModelFolder(folder))
        {
            ModelFolder.Open(folder).CheckProvider(options.Execution);
        }
        else if (IsCheckpoint(folder))
        {
            ExecutionProviders.Check(options.Execution);
        }
        else
        {
            throw new ModelFormatException(
                $"Engine:ModelFolder is {folder}, which holds neither text.onnx (a converted model) nor config.json with *.safetensors (a "
                    + $"checkpoint). Give a folder made by 'qwen35batch model convert', or a Hugging Face checkpoint folder of Qwen3.5.");
        }
    }

    public static async Task<ModelFolder> OpenAsync(
        EngineOptions options, IProgress<ConversionProgress>? progress, ILogger logger, CancellationToken cancellationToken)
    {
        Check(options);
        if (ModelFolder.IsModelFolder(options.ModelFolder))
        {
            return ModelFolder.Open(options.ModelFolder);
        }

        var conversion = ConversionFor(options);
        var converted = Path.Combine(CacheFolder(options), KeyOf(options.ModelFolder, conversion));
        await Converting.WaitAsync(cancellationToken);
        try
        {
            if (!ModelFolder.IsModelFolder(converted) || !ModelFolder.IsComplete(converted))
            {
                Log.Converting(logger, options.ModelFolder, converted);
                await ModelConverter.ConvertAsync(options.ModelFolder, converted, conversion, progress, cancellationToken);
            }
        }
        finally
        {
            Converting.Release();
        }

        return ModelFolder.Open(converted);
    }

    /// <summary>The name and revision that the model has or, of a checkpoint that was never used before, will have.</summary>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    public static string Identity(EngineOptions options)
    {
        Check(options);
        if (ModelFolder.IsModelFolder(options.ModelFolder)) return ModelFolder.Open(options.ModelFolder).Identity;
        using var checkpoint = Checkpoint.Open(options.ModelFolder);
        return ModelConverter.ManifestOf(checkpoint, ConversionFor(options).For(checkpoint)).Identity;
    }

    private static ConversionOptions ConversionFor(EngineOptions options) =>
        new() { Graph = ExecutionProviders.GraphFor(options.ExecutionProvider) };

    private static bool IsCheckpoint(string folder) =>
        File.Exists(Path.Combine(folder, ModelConfig.FileName)) && Directory.EnumerateFiles(folder, "*.safetensors").Any();

    private static string CacheFolder(EngineOptions options) => options.CacheFolder
        ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "qwen35batch",
            "models");

    /// <summary>A changed checkpoint has another key, so it is converted again.</summary>
    private static string KeyOf(string folder, ConversionOptions conversion)
    {
        using var checkpoint = Checkpoint.Open(folder);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var target = conversion.For(checkpoint);
        return $"{name}-{CheckpointRevision.Compute(checkpoint)}-{target.Precision}-{target.Graph}".ToLowerInvariant();
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information, "Converting the checkpoint {Checkpoint} to {Folder}; this is done once.")]
        public static partial void Converting(ILogger logger, string checkpoint, string folder);
    }
}
