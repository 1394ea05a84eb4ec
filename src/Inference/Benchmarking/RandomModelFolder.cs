using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>
/// A model of a given shape with random weights and a tokenizer of its size, in a temporary folder: good for measuring speed and memory,
/// and for nothing else.
/// </summary>
public sealed class RandomModelFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private RandomModelFolder(string? kept) => FolderPath = kept ?? Path.Combine(_folder.FolderPath, "random");

    /// <summary>The model folder.</summary>
    public string FolderPath { get; }

    /// <summary>Draws random weights and converts them. The folder needs room for the model.</summary>
    /// <param name="configJsonPath">A config.json of Qwen3.5.</param>
    /// <param name="precision">How the weights are stored.</param>
    /// <param name="progress">Told how far the conversion is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="provider">On what the model shall run: it decides of which operators the graphs are made.</param>
    /// <param name="kept">A folder that does not exist yet, which stays; null for a temporary one.</param>
    /// <param name="repeats">Whether large matrices repeat a million values, so that a model is made as fast as it is written.</param>
    /// <exception cref="ModelFormatException">The configuration is not usable.</exception>
    public static async Task<RandomModelFolder> CreateAsync(
        string configJsonPath,
        ModelPrecision precision,
        IProgress<ConversionProgress>? progress,
        CancellationToken cancellationToken,
        string provider = "Cpu",
        string? kept = null,
        bool repeats = false)
    {
        var model = new RandomModelFolder(kept);
        var options = new ConversionOptions { Precision = precision };

        // On the CPU the precision decides, too.
        if (ExecutionProviders.IsDevice(provider)) options = options with { Graph = ExecutionProviders.GraphFor(provider) };
        try
        {
            await Task.Run(() => model.Write(configJsonPath, options, repeats, progress, cancellationToken), cancellationToken);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private void Write(
        string configJsonPath, ConversionOptions options, bool repeats, IProgress<ConversionProgress>? progress,
        CancellationToken cancellationToken)
    {
        var vocabulary = ModelConfigReader.Read(configJsonPath).Text.VocabularySize;
        var shape = Directory.CreateDirectory(Path.Combine(_folder.FolderPath, "shape", "random")).FullName;
        File.Copy(configJsonPath, Path.Combine(shape, ModelConfig.FileName));
        SyntheticTokenizer.Write(Path.Combine(shape, "tokenizer.json"), vocabulary);
        using (var checkpoint = Checkpoint.OfRandomWeights(shape, seed: 0, repeats))
        {
            ModelConverter.Convert(checkpoint, FolderPath, options, progress, cancellationToken);
        }

        Directory.Delete(shape, recursive: true);
        ForgetPeakMemory();
    }

    /// <summary>What the process takes while it converts is not the engine's memory. Only Linux can start counting again.</summary>
    private static void ForgetPeakMemory()
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                File.WriteAllText("/proc/self/clear_refs", "5");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A sandbox may forbid it: then the peak is too high, and all else is measured as well.
            }
        }
    }

    /// <summary>Deletes the folder, if it is not to be kept.</summary>
    public void Dispose() => _folder.Dispose();
}
