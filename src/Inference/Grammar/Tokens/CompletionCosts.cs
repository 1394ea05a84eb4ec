using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Schema;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// How many tokens certainly suffice to complete an answer. The number is that of one way to complete it which can really be written: each
/// value and each piece of punctuation by its own tokens. After the first token of that way it is lower by one at least, so as long as
/// only tokens are allowed after which it fits what remains, there always is one.
/// </summary>
internal sealed class CompletionCosts
{
    /// <summary>More tokens than any budget.</summary>
    public const int Infinite = Terminal.Endless;

    private readonly StringTokens _strings;
    private readonly Dictionary<Terminal, int[]> _states = [];
    private readonly Dictionary<Terminal, int[][]> _words = [];
    private readonly Dictionary<NameTerminal, NameCosts> _names = [];
    private readonly Dictionary<ArrayNode, int> _different = [];
    private readonly Dictionary<KeyTerminal, int> _differentNames = [];

    // By the levels that are left, then by node, and for objects by position. Levels that make no difference share what they have.
    private readonly int[][] _values = new int[JsonSchemaGrammar.MaxDepth + 1][];
    private readonly int[][][] _afterProperty = new int[JsonSchemaGrammar.MaxDepth + 1][][];

    // The same without properties that have no name in the schema, where properties are counted.
    private readonly int[][][] _afterCounted = new int[JsonSchemaGrammar.MaxDepth + 1][][];

    public CompletionCosts(JsonSchemaGrammar grammar, TextMasks texts, TextCosts fixedTexts)
    {
        _strings = texts.Strings;
        foreach (var scalar in grammar.Nodes.OfType<ScalarNode>())
        {
            if (scalar.Terminal is TableTerminal table)
                _states.TryAdd(table, fixedTexts.OfStates(table));
            else if (scalar.Terminal is StringTerminal)
                _strings.Prepare(StringTerminal.NeededOf(scalar.Start));
            else
                texts.Prepare(scalar.Terminal);
        }

        foreach (var array in grammar.Nodes.OfType<ArrayNode>().Where(array => array.IsUnique && array.MinItems > 1))
            _different.Add(array, Math.Min(Infinite, DifferentValues.Cost(array.Rest!, array.MinItems)));
        var calls = grammar.Nodes.OfType<ToolCallNode>().SelectMany(call => call.AllWords);
        foreach (var punctuation in (IEnumerable<WordTerminal>)
            [.. ArrayNode.AllPunctuation, .. UniqueArrayNode.AllPunctuation, .. CountedArrayNode.AllPunctuation, .. calls])
        {
            _words.TryAdd(punctuation, [.. punctuation.Words.Select(word => fixedTexts.OfText(word.Text))]);
        }

        foreach (var node in grammar.Nodes.OfType<ObjectNode>())
        {
            _names.Add(node.Names, new NameCosts(node.Names, fixedTexts));
            foreach (var other in node.Others)
            {
                texts.Prepare(other.Names.Name);
                if (node.HasDifferentNames)
                    _differentNames.Add(other.Names, Math.Min(Infinite, DifferentValues.CostOfName(node, other)));
            }
        }

        for (var levels = 0; levels < _values.Length; levels++)
        {
            if (levels > 1 && IsSame(levels - 1, levels - 2))
            {
                (_values[levels], _afterProperty[levels]) = (_values[levels - 1], _afterProperty[levels - 1]);
                _afterCounted[levels] = _afterCounted[levels - 1];
                continue;
            }

            _values[levels] = new int[grammar.Nodes.Count];
            _afterCounted[levels] = new int[grammar.Nodes.Count][];
            _values[levels].AsSpan().Fill(-1);
            _afterProperty[levels] = new int[grammar.Nodes.Count][];
            foreach (var node in grammar.Nodes)
                Value(node, levels);
            foreach (var call in grammar.Nodes.OfType<ToolCallNode>())
            {
                var after = _afterProperty[levels][call.Id] = new int[call.Parameters.Count];
                for (var position = after.Length - 1; position >= 0; position--)
                    after[position] = Words(call.WordsAt(position), call, position, 0, levels);
            }
            foreach (var array in grammar.Nodes.OfType<CountedArrayNode>())
                CountItems(array, levels, _afterProperty[levels][array.Id] = new int[array.PositionCount]);
            foreach (var node in grammar.Nodes.OfType<ObjectNode>())
            {
                // Later positions are known first; what counts properties also leads to higher counts.
                var after = _afterProperty[levels][node.Id] = new int[node.PositionCount];
                if (node.IsCounted)
                    Count(node, levels, after);
                for (var position = after.Length - 1; position >= 0 && !node.IsCounted; position--)
                    after[position] = Object(node, position, levels, after);
            }
        }
    }

    private bool IsSame(int levels, int before)
    {
        if (ReferenceEquals(_values[levels], _values[before]))
            return true;
        if (!_values[levels].AsSpan().SequenceEqual(_values[before]))
            return false;
        for (var node = 0; node < _afterProperty[levels].Length; node++)
        {
            if (!_afterProperty[levels][node].AsSpan().SequenceEqual(_afterProperty[before][node]))
                return false;
        }

        return true;
    }

    /// <summary>Fills in what follows each position of an array that counts its items: each leads to later ones, or to itself.</summary>
    private void CountItems(CountedArrayNode array, int levels, int[] after)
    {
        for (var position = after.Length - 1; position >= 0; position--)
        {
            after[position] = array.MayEnd(position)
                ? 1
                : array.LabelsAfter(position)
                    .Where(label => array.PositionAfter(position, label) != position)
                    .Select(label => Add(1 + Value(array.ValueAfter(position, label), levels), after[array.PositionAfter(position, label)]))
                    .DefaultIfEmpty(Infinite)
                    .Min();
        }
    }

    /// <summary>Fills in what follows each position of an object that counts its properties.</summary>
    private void Count(ObjectNode node, int levels, int[] after)
    {
        var costs = _names[node.Names];
        var named = _afterCounted[levels][node.Id] = new int[after.Length];
        for (var position = after.Length - 1; position >= 0; position--)
        {
            var (first, last) = node.NamesAfter(position);
            named[position] = Infinite;
            if (first <= last)
            {
                // The first that may follow, or it is left out and the others follow.
                var own = Add(Value(node.Properties[first].Value, levels), after[node.PositionAfter(position, first)]);
                named[position] = Math.Min(Add(costs.Whole(first, isFirst: false), own), first < last ? named[position + 1] : Infinite);
            }

            after[position] = node.MayEnd(position) ? 1 : Math.Min(named[position], Others(node, position, levels, after));
        }
    }

    /// <summary>The tokens of a value, when this many levels of objects and arrays may still be opened.</summary>
    public int Value(SchemaNode node, int levels)
    {
        var known = _values[levels][node.Id];
        return known >= 0 ? known : _values[levels][node.Id] = node switch
        {
            ScalarNode scalar => State(scalar.Terminal, scalar.Start),
            AnyOfNode anyOf => anyOf.Alternatives.Select(alternative => Value(alternative, levels)).DefaultIfEmpty(Infinite).Min(),
            ContainerNode when levels == 0 => Infinite,
            ArrayNode array => Words(array.WordsAt(ContainerNode.Opening), array, ContainerNode.Opening, 0, levels - 1),
            UniqueArrayNode or CountedArrayNode => Opened((ContainerNode)node, levels - 1),
            ToolCallNode call => Words(call.WordsAt(ContainerNode.Opening), call, ContainerNode.Opening, 0, levels - 1),
            ObjectNode properties => Object(properties, ContainerNode.Opening, levels - 1, _afterProperty[levels - 1][node.Id]),
            _ => throw new ArgumentException($"{node.GetType()} is not known.", nameof(node)),
        };
    }

    /// <summary>The tokens from the end of the value at a position to the end of the object or array, closing bracket included.</summary>
    public int After(ContainerNode container, int position, int levels)
    {
        if (container is UniqueArrayNode unique)
            return AfterUnique(unique, position, levels);
        if (container is not ArrayNode array)
            return _afterProperty[levels][container.Id][position];
        long cost = 1;
        var next = position + 1;
        for (; next < Math.Min(array.MinItems, array.Prefix.Count); next++)
            cost += 1 + Value(array.Prefix[next], levels);
        if (next < array.MinItems)
            cost += array.Rest is null ? Infinite : (long)(array.MinItems - next) * (1 + Item(array, levels));
        return (int)Math.Min(Infinite, cost);
    }

    private int Item(ArrayNode array, int levels)
    {
        var any = Value(array.Rest!, levels);
        return array.IsUnique ? Math.Max(any, _different[array]) : any;
    }

    private int Opened(ContainerNode array, int levels) => array.PunctuationAt(ContainerNode.Opening)
        .Select(first => Words((WordTerminal)first.Terminal, array, ContainerNode.Opening, first.State, levels))
        .DefaultIfEmpty(Infinite)
        .Min();

    // The cheapest of the values that are left, each with a comma, and the bracket.
    private int AfterUnique(UniqueArrayNode array, int position, int levels) =>
        1 + Enumerable.Range(0, array.Values.Count)
            .Where(value => !UniqueArrayNode.IsUsed(position, value))
            .Select(value => Value(array.Values[value], levels))
            .Order()
            .Take(Math.Max(0, array.MinItems - UniqueArrayNode.CountAt(position)))
            .Aggregate(0, (cost, value) => Add(cost, 1 + value));

    /// <summary>The tokens from the end of the text that is being written to the end of the answer.</summary>
    public int AfterText(Cursor cursor) => cursor.Terminal is KeyTerminal ? Key(cursor, 1) : cursor.Frame?.Rest ?? 0;

    /// <summary>The tokens from a place to the end of the answer.</summary>
    public int Of(Cursor cursor)
    {
        if (cursor.IsEnd)
            return 0;
        if (cursor.IsScalar)
            return Add(State(cursor.Terminal, cursor.State), cursor.Frame?.Rest ?? 0);
        var frame = cursor.Frame!;
        if (cursor.Terminal is KeyTerminal key)
        {
            var (before, after) = KeyTerminal.Missing(cursor.State);
            var name = KeyTerminal.IsWithinName(cursor.State)
                ? State(key.Name, KeyTerminal.NameState(cursor.State))
                : before > 0 ? State(key.Name, key.NameStart) : 0;
            return Key(cursor, before + name + after);
        }
        var levels = JsonSchemaGrammar.MaxDepth - frame.Depth;
        var rest = cursor.Terminal is NameTerminal names
            ? Name((ObjectNode)frame.Container, names, cursor.State, levels)
            : Words((WordTerminal)cursor.Terminal, frame.Container, frame.Position, cursor.State, levels);
        return Add(rest, frame.Parent?.Rest ?? 0);
    }

    public static int Add(int left, int right) => Math.Min(left + right, Infinite);

    /// <summary>The tokens from a state of a scalar's or a name's terminal to its end.</summary>
    public int State(Terminal terminal, long state) => terminal switch
    {
        StringTerminal => _strings.Cost(state),
        PatternTerminal text => text.Cost(state),
        ExcludingTerminal text => text.Cost(state),
        VocabularyTerminal names => names.Cost(state),
        _ => _states[terminal][state],
    };

    private int Key(Cursor cursor, int tokens)
    {
        var frame = cursor.Frame!;
        var rest = Property(
            frame.Container, frame.Position, ((KeyTerminal)cursor.Terminal).Label, JsonSchemaGrammar.MaxDepth - frame.Depth);
        return Add(Add(tokens, rest), frame.Parent?.Rest ?? 0);
    }

    /// <summary>The tokens of the value that follows punctuation, and of all after it.</summary>
    private int Property(ContainerNode container, int position, int label, int levels) =>
        Add(Value(container.ValueAfter(position, label), levels), After(container, container.PositionAfter(position, label), levels));

    private int Words(WordTerminal punctuation, ContainerNode container, int position, long state, int levels)
    {
        var offset = punctuation.OffsetAt(state);
        var costs = _words[punctuation];
        var words = punctuation.WordsAt(state);
        var cheapest = Infinite;
        for (var word = words.Start.Value; word < words.End.Value; word++)
        {
            var label = punctuation.Words[word].Label;
            cheapest = Math.Min(
                cheapest, Add(costs[word][offset], label == ContainerNode.Close ? 0 : Property(container, position, label, levels)));
        }
        return cheapest;
    }

    private int Name(ObjectNode node, NameTerminal names, long state, int levels)
    {
        if (NameTerminal.IsClosed(state))
            return 0;
        var position = NameTerminal.PositionOf(state);
        if (NameTerminal.IsAtStart(state))
            return Object(node, position, levels, _afterProperty[levels][node.Id], withOthers: false);
        var costs = _names[names];
        var offset = names.OffsetAt(state);
        var cheapest = offset == 0 && position == ContainerNode.Opening && node.MayEnd(position) ? 1 : Infinite;
        foreach (var index in names.CandidatesAt(state))
            cheapest = Math.Min(cheapest, Add(costs.Rest(index, offset), Property(node, position, index, levels)));
        return cheapest;
    }

    /// <summary>The tokens from the end of a value, or from before the bracket, to the end of an object.</summary>
    /// <param name="after">For each position what is known already.</param>
    private int Object(ObjectNode node, int position, int levels, int[] after, bool withOthers = true)
    {
        var costs = _names[node.Names];
        var isFirst = position == ContainerNode.Opening;
        if (node.MayEnd(position))
            return isFirst ? costs.Empty : 1;
        var (first, last) = node.NamesAfter(position);
        var cheapest = Infinite;
        if (node.IsCounted && !isFirst)
            return Math.Min(_afterCounted[levels][node.Id][position], withOthers ? Others(node, position, levels, after) : Infinite);

        // Where their number does not matter, what may be left out only adds to the cost.
        for (var index = node.IsCounted ? first : Math.Max(first, last); index <= last && index >= 0; index++)
        {
            cheapest = Math.Min(
                cheapest,
                Add(
                    costs.Whole(index, isFirst),
                    Add(Value(node.Properties[index].Value, levels), after[node.PositionAfter(position, index)])));
        }

        return withOthers ? Math.Min(cheapest, Others(node, position, levels, after)) : cheapest;
    }

    private int Others(ObjectNode node, int position, int levels, int[] after)
    {
        var cheapest = Infinite;
        foreach (var other in node.OthersAfter(position))
        {
            var label = other.Names.Label;

            // What leads to the same position is no way to the end.
            if (node.PositionAfter(position, label) == position)
                continue;
            var name = State(other.Names.Name, other.Names.NameStart);
            var tokens = 2 + (node.HasDifferentNames ? Math.Max(name, _differentNames[other.Names]) : name);
            cheapest = Math.Min(cheapest, Add(tokens, Add(Value(other.Value, levels), after[node.PositionAfter(position, label)])));
        }
        return cheapest;
    }
}
