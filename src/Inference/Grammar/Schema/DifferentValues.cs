using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>How many tokens values take at most that all differ: single bytes always are tokens.</summary>
internal static class DifferentValues
{
    private const int LongestText = 200;
    private const int MostBytes = 4;

    // More names are not told apart: the way out is looked for among all of them.
    private const int MostNames = 64;

    // Characters that are written as themselves; so many texts have one more.
    private const int Printable = 90;

    /// <summary>
    /// Whether so many properties can be written that the object has enough, each with a name of its own. Where a name of some has to be
    /// there, another may have taken it.
    /// </summary>
    public static bool CanBeNamed(ObjectNode node) =>
        node.Min <= MostNames
        && node.Others.All(other => other.Needed == 0)
        && node.Others.Any(other => CostOfName(node, other) < Terminal.Endless);

    /// <summary>
    /// The tokens with which a property can certainly be named unlike those before it, quotes included, or <see cref="Terminal.Endless"/>.
    /// </summary>
    public static int CostOfName(ObjectNode node, OtherProperties other) => other.Names.Name switch
    {
        StringTerminal => OfText(other.Names.NameStart, node.Min),
        ExcludingTerminal names => OfText(
            StringTerminal.State(StringPhase.Before, 0, StringTerminal.Unlimited),
            node.Min + names.ExcludedAfter(ExcludingTerminal.Start).Count()),
        PatternTerminal names => OfPattern(names, node.Min),
        _ => Terminal.Endless,
    };

    /// <summary>The tokens with which at least so many different values can be written, or <see cref="Terminal.Endless"/>.</summary>
    public static int Cost(SchemaNode node, int count) => node switch
    {
        AnyOfNode anyOf => anyOf.Alternatives.Select(alternative => Cost(alternative, count)).DefaultIfEmpty(Terminal.Endless).Min(),
        ScalarNode { Terminal: StringTerminal } text => OfText(text.Start, count),
        ScalarNode { Terminal: PatternTerminal pattern } => OfPattern(pattern, count),
        ScalarNode { Terminal: TableTerminal table } => OfTable(table, count),
        _ => Terminal.Endless,
    };

    private static int OfText(long start, int count)
    {
        var length = 1;
        for (var texts = (long)Printable; texts < count; texts *= Printable)
            length++;
        length = Math.Max(length, StringTerminal.NeededOf(start));
        return length <= StringTerminal.RoomOf(start) ? length + 2 : Terminal.Endless;
    }

    private static int OfTable(TableTerminal table, int count)
    {
        var (ways, found) = (new Dictionary<int, long> { [0] = 1 }, 0L);
        for (var bytes = 0; bytes < LongestText && ways.Count > 0; bytes++)
        {
            found += ways.Where(way => table.Exit(way.Key) != Terminal.None).Sum(way => way.Value);
            if (found >= count)
                return bytes;
            var next = new Dictionary<int, long>();
            foreach (var (state, many) in ways)
            {
                foreach (var target in table.EdgesOf(state).Targets.Span)
                    next[target] = Math.Min(count, next.GetValueOrDefault(target) + many);
            }
            ways = next;
        }
        return Terminal.Endless;
    }

    private static int OfPattern(PatternTerminal pattern, int count)
    {
        var (ways, found) = (new Dictionary<int, long> { [0] = 1 }, 0L);
        for (var length = 0; length < LongestText && ways.Count > 0; length++)
        {
            found += ways.Where(way => pattern.MayEnd(way.Key, length)).Sum(way => way.Value);
            if (found >= count)
                return 2 + (MostBytes * length);
            var next = new Dictionary<int, long>();
            foreach (var (state, many) in ways)
            {
                foreach (var (low, high, target) in pattern.Text.StepsOf(state))
                    next[target] = Math.Min(count, next.GetValueOrDefault(target) + (many * (high - low + 1)));
            }
            ways = next;
        }
        return Terminal.Endless;
    }
}
