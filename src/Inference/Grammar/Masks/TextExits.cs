namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The nodes of a token trie where a text has ended and longer tokens go on, as one place allows them.</summary>
internal abstract class TextExits
{
    public abstract IEnumerable<int> Nodes { get; }

    public abstract bool IsEmpty { get; }

    /// <summary>The bytes of memory that only these take.</summary>
    public abstract long Bytes { get; }

    public static TextExits Of(IReadOnlyList<int> nodes) => new Listed(nodes);

    public abstract bool Contains(int node);

    /// <summary>These without some.</summary>
    public TextExits Except(HashSet<int> nodes) => nodes.Count == 0 ? this : new Fewer(this, nodes);

    private sealed class Listed(IReadOnlyList<int> nodes) : TextExits
    {
        private readonly Lazy<ulong[]> _bits = new(() => BitsOf(nodes));

        public override IEnumerable<int> Nodes => nodes;

        public override bool IsEmpty => nodes.Count == 0;

        public override long Bytes => nodes.Count * (long)sizeof(int);

        public override bool Contains(int node) =>
            node >> 6 < _bits.Value.Length && (_bits.Value[node >> 6] >> (node & 63) & 1) != 0;

        private static ulong[] BitsOf(IReadOnlyList<int> nodes)
        {
            var bits = new ulong[nodes.Count == 0 ? 0 : (nodes.Max() >> 6) + 1];
            foreach (var node in nodes)
                bits[node >> 6] |= 1UL << (node & 63);
            return bits;
        }
    }

    private sealed class Fewer(TextExits all, HashSet<int> without) : TextExits
    {
        public override IEnumerable<int> Nodes => all.Nodes.Where(node => !without.Contains(node));

        public override bool IsEmpty => false;

        public override long Bytes => without.Count * (long)sizeof(int);

        public override bool Contains(int node) => all.Contains(node) && !without.Contains(node);
    }
}
