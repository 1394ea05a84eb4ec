namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>The tokens that a walk finds, until they are kept elsewhere: the next walk uses the same memory. Not thread-safe.</summary>
internal sealed class FoundTokens
{
    private const int MostKept = 1 << 15;

    private int[] _tokens = [];
    private int _used;

    /// <summary>The tokens, with how many tokens certainly suffice afterwards.</summary>
    public List<(int Cost, ReadOnlyMemory<int> Tokens)> Groups { get; } = [];

    /// <summary>Whether its memory is not too large to be kept.</summary>
    public bool IsSmall => _tokens.Length <= MostKept && Groups.Capacity <= MostKept;

    /// <summary>Forgets what was found.</summary>
    public void Clear()
    {
        Groups.Clear();
        _used = 0;
    }

    /// <summary>Memory for some tokens, until what was found is forgotten.</summary>
    public Memory<int> Take(int count)
    {
        // What was taken before stays where it is.
        if (count > _tokens.Length - _used)
            (_tokens, _used) = (new int[Math.Max(count, 2 * _tokens.Length)], 0);
        _used += count;
        return _tokens.AsMemory(_used - count, count);
    }
}
