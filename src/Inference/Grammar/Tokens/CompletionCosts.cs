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

    // By the levels that are left, then by node, and for objects by position.
    private readonly int[][] _values = new int[JsonSchemaGrammar.MaxDepth + 1][];
    private readonly int[][][] _afterProperty = new int[JsonSchemaGrammar.MaxDepth + 1][][];

    public CompletionCosts(JsonSchemaGrammar grammar, TokenTrie trie, StringTokens strings)
    {
        _strings = strings;
        foreach (var scalar in grammar.Nodes.OfType<ScalarNode>())
            if (scalar.Terminal is TableTerminal table)
                _states.TryAdd(table, TextCosts.OfStates(table, trie));
            else if (scalar.Terminal is StringTerminal)
                strings.Prepare(StringTerminal.NeededOf(scalar.Start));
        var ofObjects = grammar.Nodes.OfType<ObjectNode>().SelectMany(
            node => Enumerable.Range(ContainerNode.Opening, node.Properties.Count + 1).Select(node.PunctuationAt));
        foreach (var punctuation in ofObjects.Concat(ArrayNode.AllPunctuation))
            _words.TryAdd(punctuation, [.. punctuation.Words.Select(word => TextCosts.OfText(word.Text, trie))]);

        for (var levels = 0; levels < _values.Length; levels++)
        {
            _values[levels] = new int[grammar.Nodes.Count];
            _values[levels].AsSpan().Fill(-1);
            _afterProperty[levels] = new int[grammar.Nodes.Count][];
            foreach (var node in grammar.Nodes)
                Value(node, levels);
            foreach (var node in grammar.Nodes.OfType<ObjectNode>())
            {
                var after = _afterProperty[levels][node.Id] = new int[node.Properties.Count];
                for (var position = after.Length - 1; position >= 0; position--)
                    after[position] = Punctuation(node, position, 0, levels);
            }
        }
    }

    /// <summary>The tokens of a value, when this many levels of objects and arrays may still be opened.</summary>
    public int Value(SchemaNode node, int levels)
    {
        var known = _values[levels][node.Id];
        return known >= 0 ? known : _values[levels][node.Id] = node switch
        {
            ScalarNode scalar => State(scalar.Terminal, scalar.Start),
            AnyOfNode anyOf => anyOf.Alternatives.Min(alternative => Value(alternative, levels)),
            ReferenceNode reference => Value(reference.Target!, levels),
            ContainerNode when levels == 0 => Infinite,
            ContainerNode container => Punctuation(container, ContainerNode.Opening, 0, levels - 1),
            _ => throw new ArgumentException($"{node.GetType()} is not known.", nameof(node)),
        };
    }

    /// <summary>The tokens from the end of the value at a position to the end of the object or array, closing bracket included.</summary>
    public int After(ContainerNode container, int position, int levels)
    {
        if (container is not ArrayNode array)
            return _afterProperty[levels][container.Id][position];
        var missing = Math.Max(array.MinItems - position - 1, 0);
        return missing == 0 ? 1 : (int)Math.Min(Infinite, ((long)missing * (1 + Value(array.Item, levels))) + 1);
    }

    /// <summary>The tokens from a place to the end of the answer.</summary>
    public int Of(Cursor cursor)
    {
        if (cursor.IsEnd)
            return 0;
        if (cursor.IsScalar)
            return Add(State(cursor.Terminal, cursor.State), cursor.Frame?.Rest ?? 0);
        var frame = cursor.Frame!;
        return Add(Punctuation(frame.Container, frame.Position, cursor.State, JsonSchemaGrammar.MaxDepth - frame.Depth), frame.Parent?.Rest ?? 0);
    }

    public static int Add(int left, int right) => Math.Min(left + right, Infinite);

    private int State(Terminal terminal, long state) => terminal switch
    {
        StringTerminal => _strings.Cost(state),
        PatternTerminal text => text.Cost(state),
        _ => _states[terminal][state],
    };

    private int Punctuation(ContainerNode container, int position, long state, int levels)
    {
        var punctuation = container.PunctuationAt(position);
        var offset = punctuation.OffsetAt(state);
        var costs = _words[punctuation];
        var words = punctuation.WordsAt(state);
        var cheapest = Infinite;
        for (var word = words.Start.Value; word < words.End.Value; word++)
        {
            var label = punctuation.Words[word].Label;
            var rest = label == ContainerNode.Close
                ? 0
                : Add(Value(container.ValueAfter(label), levels), After(container, container.PositionAfter(position, label), levels));
            cheapest = Math.Min(cheapest, Add(costs[word][offset], rest));
        }
        return cheapest;
    }
}
