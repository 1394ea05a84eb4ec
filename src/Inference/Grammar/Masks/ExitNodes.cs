namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The nodes of a token trie where a text has ended and longer tokens go on, numbered. Immutable.</summary>
internal sealed class ExitNodes
{
    private const int None = -1;

    private readonly int[] _nodes;
    private readonly int[] _numbers;

    /// <param name="ends">The nodes where a text has ended.</param>
    /// <param name="trie">The trie.</param>
    public ExitNodes(ReadOnlySpan<int> ends, TokenTrie trie)
    {
        _nodes = [.. ends.ToArray().Where(trie.HasChildren).Order()];
        _numbers = new int[_nodes.Length == 0 ? 0 : _nodes[^1] + 1];
        Array.Fill(_numbers, None);
        for (var i = 0; i < _nodes.Length; i++)
            _numbers[_nodes[i]] = i;
    }

    /// <summary>The elements of a set of numbers as bits.</summary>
    public int MaskLength => (_nodes.Length + 63) / 64;

    /// <summary>The number of a node; negative for those that are none.</summary>
    public int NumberOf(int node) => node < _numbers.Length ? _numbers[node] : None;

    /// <summary>The exits of a set of numbers.</summary>
    public TextExits Of(ulong[] numbers) => new Exits(this, numbers);

    private sealed class Exits(ExitNodes all, ulong[] numbers) : TextExits
    {
        public override IEnumerable<int> Nodes => all._nodes.Where((_, number) => Has(number));

        public override bool IsEmpty { get; } = numbers.AsSpan().IndexOfAnyExcept(0UL) < 0;

        public override long Bytes => numbers.Length * (long)sizeof(ulong);

        public override bool Contains(int node) => all.NumberOf(node) is var number and >= 0 && Has(number);

        private bool Has(int number) => (numbers[number >> 6] >> (number & 63) & 1) != 0;
    }
}
