using System.Runtime.CompilerServices;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>Items in an order, each once, of which any range becomes bits within microseconds. Immutable.</summary>
internal sealed class ItemRanges
{
    // So many items are as fast set one by one.
    private const int Gap = 4096;

    private readonly int[] _items;
    private readonly int _length;

    // Where ranges often begin or end, about a gap apart, and the bits of all items before each.
    private readonly List<int> _places = [0];
    private readonly List<ulong[]> _before = [];

    /// <param name="items">The items.</param>
    /// <param name="bounds">Where ranges begin or end, ascending.</param>
    /// <param name="length">The elements of the bits.</param>
    public ItemRanges(int[] items, ReadOnlySpan<int> bounds, int length)
    {
        (_items, _length) = (items, length);
        _before.Add(new ulong[length]);
        foreach (var bound in bounds)
        {
            if (bound - _places[^1] < Gap)
                continue;
            var bits = _before[^1].ToArray();
            Flip(bits, _places[^1], bound);
            _places.Add(bound);
            _before.Add(bits);
        }
    }

    public long Bytes => _before.Count * (long)_length * sizeof(ulong);

    /// <summary>Adds a range of the items to bits that have none of them.</summary>
    public void AddTo(Span<ulong> bits, int from, int to)
    {
        if (to - from <= Gap)
        {
            Flip(bits, from, to);
            return;
        }

        // What stands before both bounds is flipped twice.
        var (first, last) = (PlaceBefore(from), PlaceBefore(to));
        var (before, behind) = (_before[first], _before[last]);
        for (var i = 0; i < before.Length; i++)
            bits[i] ^= before[i] ^ behind[i];
        Flip(bits, _places[first], from);
        Flip(bits, _places[last], to);
    }

    private int PlaceBefore(int bound)
    {
        var at = _places.BinarySearch(bound);
        return at < 0 ? ~at - 1 : at;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Flip(Span<ulong> bits, int from, int to)
    {
        foreach (var item in _items.AsSpan(from, to - from))
            bits[item >> 6] ^= 1UL << (item & 63);
    }
}
