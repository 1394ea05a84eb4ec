using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>Where the tokens of a vocabulary lead from one phase of a string, whatever its length.</summary>
internal sealed class StringWalk
{
    private readonly TokenTrie _trie;
    private readonly bool _escapes;

    // By phase, then by length.
    private readonly List<List<int>?>[] _ends = new List<List<int>?>[(int)StringPhase.Invalid];
    private readonly List<(int Node, int Length)> _exits = [];

    /// <param name="trie">The tokens.</param>
    /// <param name="phase">Where they begin.</param>
    /// <param name="escapes">Whether they may hold escapes.</param>
    public StringWalk(TokenTrie trie, StringPhase phase, bool escapes)
    {
        (_trie, _escapes) = (trie, escapes);
        Walk(0, phase, 0);
        LongestExit = _exits.Select(exit => exit.Length).DefaultIfEmpty(0).Max();
        Ends =
        [
            .. _ends.SelectMany((lengths, phase) =>
                    (lengths ?? []).Select((tokens, length) => (Phase: phase, Length: length, Tokens: tokens)))
                .Where(end => end.Tokens is not null)
                .Select(end => ((StringPhase)end.Phase, end.Length, end.Tokens!.ToArray()))
        ];
    }

    /// <summary>The tokens by the phase in which they end and by the code points that they begin.</summary>
    public IReadOnlyList<(StringPhase Phase, int Length, int[] Tokens)> Ends { get; }

    /// <summary>The nodes where the string has ended and longer tokens go on.</summary>
    public IReadOnlyList<(int Node, int Length)> Exits => _exits;

    /// <summary>The most code points before the end of the string, in tokens that go on after it.</summary>
    public int LongestExit { get; }

    // Optimized at once: an answer would wait for a walk in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Walk(int node, StringPhase phase, int length)
    {
        var children = _trie.ChildrenOf(node);
        for (var child = children.Start.Value; child < children.End.Value; child++)
        {
            var next = _trie.ByteOf(child);
            var following = StringTerminal.Step(phase, next);
            if (following == StringPhase.Invalid || (following == StringPhase.Escape && !_escapes))
                continue;
            var lengthAfter = StringTerminal.Counts(phase, next) ? length + 1 : length;
            var tokens = _trie.TokensAt(child);
            if (following == StringPhase.Done)
            {
                Add(following, length, tokens);
                if (_trie.HasChildren(child))
                    _exits.Add((child, length));
                continue;
            }
            Add(following, lengthAfter, tokens);
            Walk(child, following, lengthAfter);
        }
    }

    private void Add(StringPhase phase, int length, ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty)
            return;
        var lengths = _ends[(int)phase] ??= [];
        while (lengths.Count <= length)
            lengths.Add(null);
        (lengths[length] ??= []).AddRange(tokens);
    }
}
