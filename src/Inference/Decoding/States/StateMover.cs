using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Decoding.States;

/// <summary>Copies the states of a sequence on the device: what crosses is which row, where to, and how many tokens.</summary>
/// <param name="session">The graph that copies; it is disposed with this.</param>
internal sealed class StateMover(InferenceSession session, IReadOnlyList<StateShape> shapes) : IDisposable
{
    private readonly RunOptions _runOptions = new();
    private readonly string[] _inputs =
    [
        GraphNames.SourceStart,
        GraphNames.SourceEnd,
        GraphNames.PieceStart,
        GraphNames.PieceEnd,
        GraphNames.PieceShape,
        GraphNames.TargetRow,
        .. shapes.Select(shape => GraphNames.SourceOf(shape.Input)),
        .. shapes.Select(shape => GraphNames.TargetOf(shape.Input)),
    ];

    private readonly string[] _outputs = [.. shapes.Select(shape => GraphNames.MovedOf(shape.Input))];

    /// <summary>Copies one row over another; of the same states, too.</summary>
    /// <param name="length">Tokens of the sequence. What lies behind them in a cache stays what it is.</param>
    public void Move(OrtValue[] source, int from, OrtValue[] target, int to, int length)
    {
        // Nothing of a sequence without tokens matters, but a piece of no tokens would be no tensor.
        length = Math.Max(length, 1);
        var piece = shapes.FirstOrDefault(shape => shape.IsCache)?.Of(1, length) ?? [1, 1, 1, 1];
        using var sourceStart = OrtTensors.Of([from], 1);
        using var sourceEnd = OrtTensors.Of([from + 1L], 1);
        using var pieceStart = OrtTensors.Of([from, 0], 2);
        using var pieceEnd = OrtTensors.Of([from + 1L, length], 2);
        using var pieceShape = OrtTensors.Of(piece, 4);
        using var targetRow = OrtTensors.OfInts([to], 1);
        session.Run(
            _runOptions,
            _inputs,
            [sourceStart, sourceEnd, pieceStart, pieceEnd, pieceShape, targetRow, .. source, .. target],
            _outputs,
            target);
    }

    public void Dispose()
    {
        session.Dispose();
        _runOptions.Dispose();
    }
}
