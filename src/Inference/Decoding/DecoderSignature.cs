using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>Checks that a decoder graph has the inputs and outputs that <see cref="Qwen35Model"/> feeds and reads.</summary>
internal static class DecoderSignature
{
    private static readonly string[] Required = [GraphNames.Embeddings, GraphNames.AttentionMask, GraphNames.Positions];

    /// <exception cref="ModelFormatException">It has not.</exception>
    public static void Check(string file, InferenceSession session, TextConfig config)
    {
        foreach (var name in Required)
        {
            Demand(session.InputMetadata.ContainsKey(name), file, $"has no input {name}");
        }

        Demand(session.OutputMetadata.TryGetValue(GraphNames.Logits, out var logits), file, $"has no output {GraphNames.Logits}");
        Demand(
            logits!.Dimensions is [.., var vocabulary] && vocabulary == config.VocabularySize,
            file,
            $"does not give {config.VocabularySize} logits, as {ModelConfig.FileName} says");
        Demand(
            session.InputMetadata[GraphNames.Embeddings].Dimensions is [_, _, var hidden] && hidden == config.HiddenSize,
            file,
            $"does not take embeddings of {config.HiddenSize} values, as {ModelConfig.FileName} says");
        Demand(session.InputMetadata[GraphNames.Positions].Dimensions.Length == 3, file, "does not take positions on three axes");
        var states = session.InputMetadata.Where(input => GraphNames.IsPast(input.Key)).ToArray();
        Demand(
            states.Length == 2 * config.Layers.Count,
            file,
            $"has {states.Length} states, not 2 for each of the {config.Layers.Count} layers");
        foreach (var (name, state) in states)
        {
            Demand(session.OutputMetadata.ContainsKey(GraphNames.PresentOf(name)), file, $"has no output {GraphNames.PresentOf(name)}");
            Demand(state.ElementType == typeof(float), file, $"keeps {name} as {state.ElementType.Name}: only 32-bit floats are supported");
            Demand(state.Dimensions.Skip(1).Count(dim => dim < 0) <= 1, file, $"has a state {name} of unknown shape");
        }

        Demand(logits.ElementType == typeof(float), file, $"gives logits as {logits.ElementType.Name}: only 32-bit floats are supported");
    }

    private static void Demand(bool condition, string file, string complaint)
    {
        if (!condition)
        {
            throw new ModelFormatException($"{file} {complaint}. Convert the checkpoint again.");
        }
    }
}
