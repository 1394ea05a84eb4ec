using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Verification;

/// <summary>
/// Compares a model with what the reference implementation computed. It goes the way that production goes: prompts prefilled in
/// chunks into slots, answers decoded in one batch. A model that is not in 32-bit floats is judged by how far its distribution of the next
/// token and its greedy choices are from the reference's: fp16 passes with a mean divergence of up to 0.005 nats and 90% of the choices,
/// int8 with 0.15 nats and 60% of the choices, int4 with 0.6 nats and 10%.
/// </summary>
public static class ModelVerifier
{
    private const int BatchSize = 8;

    /// <summary>Runs every case of a folder.</summary>
    /// <param name="folder">A model folder, or a checkpoint, which is converted into a temporary folder first.</param>
    /// <param name="casesFolder">Cases, one safetensors file each.</param>
    /// <param name="execution">On what to compute.</param>
    /// <param name="progress">Told about the conversion of a checkpoint.</param>
    /// <param name="cancellationToken">Stops between cases.</param>
    /// <returns>One result a case, in the order of the names. A case whose file is damaged is a failed case.</returns>
    /// <exception cref="ModelFormatException">The model cannot be used, or there are no cases.</exception>
    /// <exception cref="ExecutionProviderException">The execution provider is not in this build.</exception>
    public static async IAsyncEnumerable<VerifyResult> VerifyAsync(
        string folder,
        string casesFolder,
        ExecutionProviderOptions execution,
        IProgress<ConversionProgress>? progress = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var files = CaseFiles(casesFolder);
        ExecutionProviders.Check(execution);
        using var converted = ModelFolder.IsModelFolder(folder) ? null : new TemporaryFolder();
        if (converted is not null)
        {
            await ModelConverter.ConvertAsync(
                folder,
                converted.FolderPath,
                new ConversionOptions { Graph = ExecutionProviders.GraphFor(execution.Provider) },
                progress,
                cancellationToken);
        }

        var model = ModelFolder.Open(converted?.FolderPath ?? folder);
        foreach (var batch in files.Chunk(BatchSize))
        {
            foreach (var result in await Task.Run(() => VerifyBatch(model, batch, execution, cancellationToken), cancellationToken))
            {
                yield return result;
            }
        }
    }

    private static string[] CaseFiles(string folder)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.safetensors") : [];
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length > 0 ? files : throw new ModelFormatException($"{folder} has no cases: no *.safetensors files.");
    }

    private static VerifyResult[] VerifyBatch(
        ModelFolder folder, string[] files, ExecutionProviderOptions execution, CancellationToken cancellationToken)
    {
        var tolerance = VerifyTolerance.For(folder.Precision, folder.Graph);
        var runs = files.Select(file => CaseRun.Read(file, folder.Config, tolerance)).ToArray();
        var readable = runs.Where(run => run.IsRunning).ToArray();
        if (readable.Length > 0)
        {
            using var vision = folder.CreateVisionEncoder(execution);
            using var model = folder.CreateSequenceModel(new SequenceModelOptions
            {
                Slots = readable.Length,
                MaxLength = readable.Max(run => run.LengthNeeded),
                Execution = execution,
            });
            Verify(readable, vision, model, cancellationToken);
        }

        return [.. runs.Select(run => run.Result())];
    }

    private static void Verify(CaseRun[] runs, IVisionEncoder vision, ISequenceModel model, CancellationToken cancellationToken)
    {
        for (var slot = 0; slot < runs.Length; slot++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            runs[slot].Prefill(vision, model, slot);
        }

        var count = runs.Length;
        var (tokens, past, positions) = (new int[count], new int[count], new int[count]);
        var logits = new float[count * model.VocabularySize];
        while (runs.Any(run => run.IsRunning))
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var slot = 0; slot < count; slot++)
            {
                (tokens[slot], past[slot], positions[slot]) = runs[slot].Next();
            }

            model.Decode(tokens, past, positions, logits);
            for (var slot = 0; slot < count; slot++)
            {
                runs[slot].Accept(logits.AsSpan(slot * model.VocabularySize, model.VocabularySize));
            }
        }
    }
}
