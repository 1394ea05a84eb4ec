using System.Text;
using Qwen35Batch.Schemas.Writing;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// A quoted string of any characters that is none of some texts. It holds no escapes, so that each text is written in one way. A state
/// packs a phase of <see cref="StringTerminal"/> and how much of one of the texts has been written, 0 when it is none of them any more.
/// </summary>
internal sealed class ExcludingTerminal : Terminal
{
    private const int Off = 0;
    private const int Root = 1;
    private const int PhaseBits = 8;

    // So few bytes go on some way that there always is one which leaves the texts.
    private const int MostChildren = 16;

    private readonly List<Dictionary<byte, int>> _children = [[], []];
    private readonly List<bool> _isExcluded = [false, false];

    /// <param name="texts">What it is not.</param>
    public ExcludingTerminal(IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            // What needs an escape is not written anyway.
            var quoted = JsonText.Quote(text);
            if (quoted.Contains('\\', StringComparison.Ordinal))
                continue;
            var node = Root;
            foreach (var next in Encoding.UTF8.GetBytes(quoted[1..^1]))
            {
                if (!_children[node].TryGetValue(next, out var child))
                {
                    _children[node].Add(next, child = _children.Count);
                    _children.Add([]);
                    _isExcluded.Add(false);
                }
                node = child;
            }
            _isExcluded[node] = true;
        }
    }

    public static long Start => (long)StringPhase.Before | (Root << PhaseBits);

    public static StringPhase PhaseOf(long state) => (StringPhase)(state & ((1 << PhaseBits) - 1));

    /// <summary>Whether the text is none of the excluded ones, whatever follows.</summary>
    public static bool IsOff(long state) => NodeOf(state) == Off;

    /// <summary>The texts that are excluded, as what is left of them after a state.</summary>
    public IEnumerable<byte[]> ExcludedAfter(long state)
    {
        var open = new Stack<(int Node, byte[] Left)>([(NodeOf(state), [])]);
        while (open.TryPop(out var place))
        {
            if (place.Node == Off)
                continue;
            if (_isExcluded[place.Node])
                yield return place.Left;
            foreach (var (next, child) in _children[place.Node])
                open.Push((child, [.. place.Left, next]));
        }
    }

    /// <summary>The tokens that certainly suffice to the end: single bytes.</summary>
    public int Cost(long state)
    {
        var phase = PhaseOf(state);
        var node = NodeOf(state);
        return phase switch
        {
            StringPhase.Done => 0,
            StringPhase.Before => 1 + CostBetween(Root),
            StringPhase.Between => CostBetween(node),
            StringPhase.Continue1 => 2,
            StringPhase.Continue2 or StringPhase.AfterE0 or StringPhase.AfterED => 3,
            _ => 4,
        };
    }

    public override long Step(long state, byte next)
    {
        var (phase, node) = (PhaseOf(state), NodeOf(state));
        var following = StringTerminal.Step(phase, next);
        if (following is StringPhase.Invalid or StringPhase.Escape || (following == StringPhase.Done && _isExcluded[node]))
            return None;
        if (phase == StringPhase.Before || following == StringPhase.Done)
            return State(following, node);
        var child = _children[node].GetValueOrDefault(next, Off);

        // Within a character every byte but the texts' own leaves them, if there is one.
        return following != StringPhase.Between && child != Off && _children[child].Count >= MostChildren ? None : State(following, child);
    }

    public override int Exit(long state) => PhaseOf(state) == StringPhase.Done ? 0 : None;

    public override bool CanContinue(long state) => PhaseOf(state) != StringPhase.Done;

    public override int OnlyByte(long state) => PhaseOf(state) == StringPhase.Before ? '"' : None;

    private int CostBetween(int node) => !_isExcluded[node] ? 1 : CanLeave(node) ? 2 : 1 + _children[node].Values.Min(CostBetween);

    private bool CanLeave(int node)
    {
        for (var next = (byte)' '; next < 0x7F; next++)
        {
            if (next is not ((byte)'"' or (byte)'\\') && !_children[node].ContainsKey(next))
                return true;
        }

        return false;
    }

    private static int NodeOf(long state) => (int)(state >> PhaseBits);

    private static long State(StringPhase phase, int node) => (long)phase | ((long)node << PhaseBits);
}
