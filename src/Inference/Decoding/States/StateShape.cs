using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Decoding.States;

/// <summary>The shape of one state of the decoder.</summary>
internal sealed class StateShape
{
    private readonly long[] _dims;
    private readonly int _lengthAxis;

    /// <param name="input">The graph's input.</param>
    /// <param name="dims">Its dimensions; -1 where it varies: the batch first, and in a cache also the tokens.</param>
    public StateShape(string input, IReadOnlyList<int> dims)
    {
        Input = input;
        Output = GraphNames.PresentOf(input);
        _dims = [.. dims.Select(dim => (long)dim)];
        _lengthAxis = Array.LastIndexOf(_dims, -1L);
    }

    public string Input { get; }

    public string Output { get; }

    /// <summary>Grows with the sequence.</summary>
    public bool IsCache => _lengthAxis > 0;

    /// <param name="rows">Sequences.</param>
    /// <param name="length">Tokens of each, which only a cache has room for.</param>
    public long[] Of(int rows, int length) =>
        [.. _dims.Select((dim, axis) => axis == 0 ? rows : axis == _lengthAxis ? length : dim)];

    public long Bytes(int rows, int length) => Of(rows, length).Aggregate((long)sizeof(float), (bytes, dim) => bytes * dim);
}
