using System.Buffers;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>Joins runs. The arrays in which it does are those of others again when it is disposed.</summary>
internal sealed class PatternRunBuilder : IDisposable
{
    // New memory takes longer than most walks: there is no more than is needed.
    private const int FewRuns = 1 << 12;

    private int[] _ends = ArrayPool<int>.Shared.Rent(FewRuns);
    private ushort[] _targets = ArrayPool<ushort>.Shared.Rent(FewRuns);
    private int _count;
    private int _done;

    /// <summary>Adds a run; what is left out before it leads nowhere.</summary>
    public void Add(int from, int to, ushort target)
    {
        if (from > _done)
            Append(from, PatternRuns.Nowhere);
        if (_count > 0 && _targets[_count - 1] == target)
            _ends[_count - 1] = _done = to;
        else
            Append(to, target);
    }

    /// <summary>The runs of so many.</summary>
    public PatternRuns Finish(int length)
    {
        if (length > _done)
            Append(length, PatternRuns.Nowhere);
        return new PatternRuns(_ends.AsSpan(0, _count), _targets.AsSpan(0, _count));
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_ends);
        ArrayPool<ushort>.Shared.Return(_targets);
    }

    private void Append(int end, ushort target)
    {
        if (_count == _ends.Length)
            Grow(ref _ends);
        if (_count == _targets.Length)
            Grow(ref _targets);
        (_ends[_count], _targets[_count]) = (end, target);
        _count++;
        _done = end;
    }

    private static void Grow<T>(ref T[] runs)
    {
        var more = ArrayPool<T>.Shared.Rent(2 * runs.Length);
        runs.CopyTo(more, 0);
        ArrayPool<T>.Shared.Return(runs);
        runs = more;
    }
}
