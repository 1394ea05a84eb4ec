using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding.States;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// The vision tower on ONNX Runtime. Attention stays within a frame, so frames of equal size, of whatever picture or clip, go through
/// together, some thousand patches at a time.
/// </summary>
internal sealed class OnnxVisionEncoder : IVisionEncoder
{
    /// <summary>
    /// Patches of one run, where a frame does not have more: enough to be efficient, and few enough that the activations stay in the
    /// hundreds of megabytes.
    /// </summary>
    private const int MaxPatches = 8192;

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly VisionConfig _config;

    /// <summary>Whether the graph is told where patches are, as one for GPUs is, and does not compute it.</summary>
    private readonly bool _isGivenPositions;

    /// <exception cref="ModelFormatException">The graph cannot be loaded or is not Qwen3.5's.</exception>
    public OnnxVisionEncoder(string folder, ModelConfig config, ExecutionProviderOptions execution)
    {
        _config = config.Vision;
        var file = OnnxSessions.FileFor(folder, GraphNames.VisionFile, execution);
        _session = OnnxSessions.Load(file, execution, OnCpu(config.Vision, execution));
        _isGivenPositions = _session.InputMetadata.ContainsKey(GraphNames.PositionIndexes);
        if (!_session.InputMetadata.ContainsKey(GraphNames.PixelValues)
            || !(_isGivenPositions || _session.InputMetadata.ContainsKey(GraphNames.ImageGrid))
            || !_session.OutputMetadata.ContainsKey(GraphNames.ImageFeatures))
        {
            throw new ModelFormatException(
                $"{file} must turn {GraphNames.PixelValues} and {GraphNames.ImageGrid} into {GraphNames.ImageFeatures}.");
        }
    }

    public IReadOnlyList<float[]> Encode(IReadOnlyList<VisionPatches> media)
    {
        var results = media.Select(item => new float[CheckedPatches(item) / _config.MergeUnit * _config.OutputSize]).ToArray();
        var frames = Enumerable.Range(0, media.Count)
            .SelectMany(
                item =>
                    Enumerable.Range(0, media[item].GridTime)
                        .Select(time => new Frame(item, time, media[item].GridHeight, media[item].GridWidth)))
            .GroupBy(frame => (frame.Height, frame.Width));
        foreach (var size in frames)
        {
            foreach (var run in size.Chunk(Math.Max(1, MaxPatches / (size.Key.Height * size.Key.Width))))
            {
                Encode(run, media, results);
            }
        }

        return results;
    }

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    /// <summary>The most patches that go through together: the largest picture goes alone.</summary>
    public static long PatchesOfRun(VisionSettings settings) =>
        Math.Max(MaxPatches, settings.Image.Max / (settings.PatchSize * (long)settings.PatchSize));

    /// <summary>A frame has more patches than some GPUs can be given as queries: their attention is left to the CPU.</summary>
    private static string[] OnCpu(VisionConfig config, ExecutionProviderOptions execution) =>
        ExecutionProviders.DeviceOf(execution)?.MostQueries is null
            ? []
            : [.. Enumerable.Range(0, config.Depth).Select(GraphNames.VisionAttention)];

    private void Encode(Frame[] frames, IReadOnlyList<VisionPatches> media, float[][] results)
    {
        var patches = frames[0].Height * frames[0].Width;
        var values = patches * _config.PatchValues;
        var pixels = new float[frames.Length * (long)values];
        for (var i = 0; i < frames.Length; i++)
        {
            media[frames[i].Item].Values.AsSpan(frames[i].Time * values, values).CopyTo(pixels.AsSpan(i * values));
        }

        using var pixelValues = OrtValue.CreateTensorValueFromMemory(pixels, [frames.Length * (long)patches, _config.PatchValues]);
        var places = Places(frames.Length, frames[0].Height, frames[0].Width);
        using var outputs = _session.Run(
            _runOptions,
            [GraphNames.PixelValues, .. places.Select(place => place.Input)],
            [pixelValues, .. places.Select(place => place.Value)],
            [GraphNames.ImageFeatures]);
        Array.ForEach(places, place => place.Value.Dispose());
        var features = outputs[0].GetTensorDataAsSpan<float>();
        var perFrame = patches / _config.MergeUnit * _config.OutputSize;
        for (var i = 0; i < frames.Length; i++)
        {
            features.Slice(i * perFrame, perFrame).CopyTo(results[frames[i].Item].AsSpan(frames[i].Time * perFrame));
        }
    }

    private (string Input, OrtValue Value)[] Places(int frames, int height, int width)
    {
        if (!_isGivenPositions) return [(GraphNames.ImageGrid, OrtTensors.Of([frames, height, width], 1, 3))];
        var places = PatchPlaces.Of(_config, height, width);
        var (patches, half) = (height * width, _config.HeadDim / 2);
        return
        [
            (GraphNames.FramesShape, OrtTensors.Of([frames, patches, _config.HiddenSize], 3)),
            (GraphNames.PositionIndexes, OrtTensors.OfInts(places.Indexes, 4, patches)),
            (GraphNames.PositionWeights, OrtTensors.OfFloats(places.Weights, 4, patches, 1)),
            (GraphNames.RotaryCos, OrtTensors.OfFloats(places.Cos, patches, half)),
            (GraphNames.RotarySin, OrtTensors.OfFloats(places.Sin, patches, half)),
        ];
    }

    private int CheckedPatches(VisionPatches item)
    {
        var merge = _config.MergeSize;
        if (item.GridTime < 1
            || item.GridHeight < merge
            || item.GridWidth < merge
            || item.GridHeight % merge != 0
            || item.GridWidth % merge != 0)
        {
            throw new ArgumentException(
                $"A grid of {item.GridTime} x {item.GridHeight} x {item.GridWidth} patches cannot be encoded: height and width must be "
                    + $"multiples of {merge}.",
                nameof(item));
        }

        var expected = item.PatchCount * (long)_config.PatchValues;
        return item.Values.Length == expected
            ? item.PatchCount
            : throw new ArgumentException($"{item.PatchCount} patches need {expected} values, not {item.Values.Length}.", nameof(item));
    }

    private sealed record Frame(int Item, int Time, int Height, int Width);
}
