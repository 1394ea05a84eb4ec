using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding.States;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>The embedding graph: token ids to rows, into which pictures' embeddings are then copied.</summary>
internal sealed unsafe class TokenEmbeddings : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputs;
    private readonly OrtValue? _noFeatures;
    private readonly int _hiddenSize;
    private readonly NativeBuffer _nothing = new(0);
    private NativeBuffer _rows;

    public TokenEmbeddings(string file, int hiddenSize, ExecutionProviderOptions execution)
    {
        _session = OnnxSessions.Load(file, execution);
        _hiddenSize = hiddenSize;
        _rows = new NativeBuffer(hiddenSize);
        var hasFeatures = _session.InputMetadata.ContainsKey(GraphNames.ImageFeatures);
        _inputs = hasFeatures ? [GraphNames.InputIds, GraphNames.ImageFeatures] : [GraphNames.InputIds];
        _noFeatures = hasFeatures ? OrtTensors.Over(_nothing.Pointer, 0, 0, hiddenSize) : null;
        if (!_session.InputMetadata.ContainsKey(GraphNames.InputIds) || !_session.OutputMetadata.ContainsKey(GraphNames.Embeddings))
        {
            throw new ModelFormatException($"{file} must turn {GraphNames.InputIds} into {GraphNames.Embeddings}.");
        }
    }

    /// <summary>The rows of the tokens, <c>[batch, length, hidden]</c>; valid until the next call.</summary>
    /// <param name="media">Indexes whose rows are replaced, and what by.</param>
    public OrtValue Embed(ReadOnlySpan<int> tokens, int batch, ReadOnlySpan<int> media, ReadOnlySpan<float> mediaRows)
    {
        long length = tokens.Length / batch;
        if (_rows.Length < tokens.Length * (long)_hiddenSize)
        {
            _rows.Dispose();
            _rows = new NativeBuffer(tokens.Length * (long)_hiddenSize);
        }

        var ids = new long[tokens.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            ids[i] = tokens[i];
        }

        // A graph may want a feature for every picture token: none is shown to it.
        foreach (var index in media)
        {
            ids[index] = 0;
        }

        var rows = OrtTensors.Over(_rows.Pointer, tokens.Length * (long)_hiddenSize, batch, length, _hiddenSize);
        using var input = OrtTensors.Of(ids, batch, length);
        OrtValue[] inputs = _noFeatures is null ? [input] : [input, _noFeatures];
        _session.Run(_runOptions, _inputs, inputs, [GraphNames.Embeddings], [rows]);
        for (var i = 0; i < media.Length; i++)
        {
            mediaRows.Slice(i * _hiddenSize, _hiddenSize).CopyTo(_rows.Span(media[i] * (long)_hiddenSize, _hiddenSize));
        }

        return rows;
    }

    public void Dispose()
    {
        _noFeatures?.Dispose();
        _session.Dispose();
        _runOptions.Dispose();
        _rows.Dispose();
        _nothing.Dispose();
    }
}
