using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Follows the tokens of a vocabulary from a place of a quoted pattern that is not between two characters: before its quote, or within a
/// character that is begun. Only few tokens go on there, and each is followed byte by byte. Used once, by one thread.
/// </summary>
internal sealed class PatternByteWalk
{
    // Of bytes that are no character of their own.
    private const int NoCharacter = -2;

    private readonly TokenTrie _trie;
    private readonly PatternTerminal _terminal;
    private readonly Dictionary<int, List<int>> _byCost = [];
    private readonly List<int> _exits = [];
    private readonly int[] _symbols = new int[256];

    private PatternByteWalk(TokenTrie trie, PatternTerminal terminal)
    {
        (_trie, _terminal) = (trie, terminal);
        for (var value = 0; value < _symbols.Length; value++)
            _symbols[value] = value is >= ' ' and < 0x7F and not ('"' or '\\') ? terminal.Text.SymbolOf(value) : NoCharacter;
    }

    /// <summary>The tokens that may follow a state.</summary>
    /// <param name="trie">The tokens.</param>
    /// <param name="terminal">The texts, quoted.</param>
    /// <param name="state">The state, none between two characters.</param>
    /// <param name="maskLength">The elements of a mask.</param>
    public static StringMask Mask(TokenTrie trie, PatternTerminal terminal, long state, int maskLength)
    {
        var walk = new PatternByteWalk(trie, terminal);
        walk.Walk(0, state);
        var groups = walk._byCost.Select(group => (group.Key, (ReadOnlyMemory<int>)group.Value.ToArray())).ToArray();
        return StringMask.Of(groups, walk._exits, maskLength);
    }

    private void Walk(int node, long state)
    {
        var (text, count) = PatternTerminal.PlaceOf(state);
        if (PatternTerminal.IsBetween(state))
        {
            WalkText(node, text, count);
            return;
        }

        var begun = PatternTerminal.BegunOf(state);
        var children = _trie.ChildrenOf(node);
        for (var child = children.Start.Value; child < children.End.Value; child++)
        {
            if (begun is not { } character)
                Step(child, state);
            else if (character.With(_trie.ByteOf(child)) is { } following)
                WalkCharacter(child, following, text, count);
        }
    }

    // Optimized at once: an answer would wait long for the first walk in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WalkText(int node, int text, int count)
    {
        var row = _terminal.Text.RowOf(text);
        var after = _terminal.Lengths.After(count);
        var children = _trie.ChildrenOf(node);
        for (var child = children.Start.Value; child < children.End.Value; child++)
        {
            var value = _trie.ByteOf(child);
            var symbol = _symbols[value];
            if (symbol >= 0 && row[symbol] is var target && target != PatternAutomaton.None)
            {
                var cost = _terminal.Lengths.Cost(target, after);
                if (cost >= Terminal.Endless)
                    continue;
                Add(cost, _trie.TokensAt(child));
                WalkText(child, target, after);
            }
            else if (BegunCharacter.Of(value) is { } begun)
            {
                WalkCharacter(child, begun, text, count);
            }
            else if (symbol == NoCharacter && value != '"')
            {
                Step(child, PatternTerminal.Between(text, count));
            }
            else if (value == '"' && _terminal.MayEnd(text, count))
            {
                Add(0, _trie.TokensAt(child));
                if (_trie.HasChildren(child))
                    _exits.Add(child);
            }
        }
    }

    // Only where a token ends within a character, what that may become is looked at.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WalkCharacter(int node, BegunCharacter begun, int text, int count)
    {
        if (begun.Left == 0)
        {
            if (begun.CodePoint >= 0)
                Complete(node, begun.CodePoint, text, count);
            return;
        }

        if (!_trie.TokensAt(node).IsEmpty
            && _terminal.Cost(PatternTerminal.Within(text, count, begun)) is < Terminal.Endless and var cost)
        {
            Add(cost, _trie.TokensAt(node));
        }

        var children = _trie.ChildrenOf(node);
        for (var child = children.Start.Value; child < children.End.Value; child++)
        {
            if (begun.With(_trie.ByteOf(child)) is { } following)
                WalkCharacter(child, following, text, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Complete(int node, int codePoint, int text, int count)
    {
        var target = _terminal.Text.Step(text, codePoint);
        if (target == PatternAutomaton.None)
            return;
        var after = _terminal.Lengths.After(count);
        var cost = _terminal.Lengths.Cost(target, after);
        if (cost >= Terminal.Endless)
            return;
        Add(cost, _trie.TokensAt(node));
        WalkText(node, target, after);
    }

    private void Step(int child, long state)
    {
        var following = _terminal.Step(state, _trie.ByteOf(child));
        if (following == Terminal.None)
            return;
        if (!_trie.TokensAt(child).IsEmpty && _terminal.Cost(following) is < Terminal.Endless and var cost)
            Add(cost, _trie.TokensAt(child));
        Walk(child, following);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(int cost, ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty)
            return;
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_byCost, cost, out _);
        (known ??= []).AddRange(tokens);
    }
}
