using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;
using Qwen35Batch.Schemas.Vocabularies;
using Qwen35Batch.Schemas.Writing;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>Makes the nodes of a schema: one for each conjunction of schemas that some value is held to.</summary>
/// <param name="schema">The schema.</param>
/// <param name="nodes">Where the nodes go.</param>
internal sealed partial class GrammarBuilder(JsonSchema schema, List<SchemaNode> nodes)
{
    private const int MaxNodes = 100_000;
    private const int MaxFaults = 20;
    private const int MaxPositions = 400_000;

    private readonly SchemaMerger _merger = new(schema.Root, schema.Count);
    private readonly Dictionary<(Conjunction Schemas, bool IsItem), AnyOfNode> _known = [];
    private readonly Queue<(Conjunction Schemas, bool IsItem, AnyOfNode Node)> _open = new();
    private readonly List<(ArrayNode Node, string Pointer)> _unique = [];
    private readonly Dictionary<NumberRange, TableTerminal?> _numbers = [];
    private readonly NameTerminals _names = new();
    private readonly SharedNodes _shared = new();
    private readonly List<SchemaNode> _nodes = nodes;
    private long _positions;
    private readonly List<SchemaFault> _impossible = [];

    public IReadOnlyList<SchemaNode> Nodes => _nodes;

    /// <summary>Why some alternatives were left out: nothing fits them.</summary>
    public IReadOnlyList<SchemaFault> Impossible => _merger.Impossible is { } first ? [.. _impossible, first] : _impossible;

    public SchemaNode Build()
    {
        var root = NodeOf(new Conjunction([schema.Root]));
        Fill();
        return root;
    }

    /// <summary>The calls of a tool whose parameters the schema describes.</summary>
    public SchemaNode BuildCalls(string name)
    {
        var calls = Keep(new AnyOfNode());
        calls.Alternatives =
        [
            .. _merger.Alternatives(new Conjunction([schema.Root]))
                .Where(value => value.Types.HasFlag(ValueTypes.Object))
                .Select(value => Call(name, value))
        ];
        Fill();
        return calls;
    }

    private void Fill()
    {
        var faults = new List<SchemaFault>();
        while (_open.TryDequeue(out var open))
        {
            try
            {
                var values = _merger.Alternatives(open.Schemas);
                open.Node.Alternatives =
                    [.. values.SelectMany(value => Alternatives(value, open.IsItem)).Distinct(), .. Texts(values, open.IsItem)];
                if (open.IsItem)
                    OneWriting.Check(open.Schemas.Pointer, open.Node.Alternatives.OfType<ObjectNode>());
            }
            catch (UnsupportedSchemaException refused) when (faults.Count < MaxFaults)
            {
                // All that is wrong is said at once.
                faults.AddRange(refused.Faults);
            }
        }

        foreach (var (array, pointer) in _unique)
        {
            if (array.MinItems > 1 && DifferentValues.Cost(array.Rest!, array.MinItems) >= Terminal.Endless)
            {
                faults.Add(
                    new SchemaFault(
                        $"{pointer}/uniqueItems", $"an answer cannot be held to {array.MinItems} items of this kind that all differ."));
            }
        }

        if (faults.Count > 0)
            throw new UnsupportedSchemaException([.. faults.Distinct()]);
    }

    private ToolCallNode Call(string name, MergedValue value)
    {
        var merged = MergedObject.Of(value, _merger);
        if (merged.Needed is not { Count: 0 }
            || merged.Min > merged.Properties.Count(property => property.IsRequired)
            || merged.Max < merged.Properties.Count)
        {
            throw new UnsupportedSchemaException(
                $"{value.Pointer}/minProperties", "the number of a tool's parameters cannot be bounded; say which are required.");
        }

        if (merged.Properties.FirstOrDefault(property => property.Name.AsSpan().IndexOfAny('>', '\n') >= 0).Name is { } wrong)
            throw new UnsupportedSchemaException($"{value.Pointer}/properties/{wrong}", "a parameter's name has no '>' and no line end.");
        return Keep(
            new ToolCallNode(
                name,
                [
                    .. merged.Properties.Select(
                        property => new ObjectProperty(property.Name, property.IsRequired, Parameter(property.Value)))
                ]));
    }

    /// <summary>A parameter's value: text as it is where text is allowed, else JSON.</summary>
    private AnyOfNode Parameter(Conjunction schemas)
    {
        var values = _merger.Alternatives(schemas);
        if (!values.Any(value => value.IsText))
            return NodeOf(schemas);
        var node = Keep(new AnyOfNode());
        var literals = values.Where(value => value.Fixed is not null).SelectMany(value => value.Fixed!)
            .Select(literal => literal.ValueKind == JsonValueKind.String ? literal.GetString()! : JsonText.Write(literal))
                .Distinct()
                .ToArray();
        var alternatives = new List<SchemaNode>();
        if (literals.Length > 0)
            alternatives.Add(Words(literals.Where(literal => literal.Length > 0 && !PlainText.Marks.Any(literal.Contains))));
        foreach (var value in values.Where(value => value.Fixed is null && value.Types.HasFlag(ValueTypes.String)))
        {
            if (value.Vocabularies.Any())
                throw new UnsupportedSchemaException(value.Pointer, "a tool's parameter cannot be held to x-vocabulary; write an enum.");
            var text = WrittenText(value);
            if (text.Fitting?.And(PlainText.Automaton, value.Pointer) is { } fitting
                && PatternTerminal.CreateRaw(fitting, text.MinLength, text.MaxLength, value.Pointer) is { } terminal)
            {
                alternatives.Add(Keep(new ScalarNode(terminal, PatternTerminal.RawStart)));
            }
        }
        node.Alternatives = alternatives;
        return node;
    }

    /// <param name="schemas">What a value is held to.</param>
    /// <param name="isItem">Whether it stands in an item that has to differ from others: then it is written in one way only.</param>
    private AnyOfNode NodeOf(Conjunction schemas, bool isItem = false)
    {
        if (_known.TryGetValue((schemas, isItem), out var known))
            return known;
        var node = Keep(new AnyOfNode());
        _known.Add((schemas, isItem), node);
        if (!schemas.IsFalse)
            _open.Enqueue((schemas, isItem, node));
        return node;
    }

    private IEnumerable<SchemaNode> Alternatives(MergedValue value, bool isItem)
    {
        if (value.Fixed is { } values)
            return [Words((isItem ? OneWriting.Of(value.Pointer, values) : values.Select(JsonText.Write)).Distinct())];
        var nodes = new List<SchemaNode?>();
        var words = new List<string>();
        if (value.Types.HasFlag(ValueTypes.Null))
            words.Add("null");
        if (value.Types.HasFlag(ValueTypes.Boolean))
            words.AddRange(((string[])["true", "false"]).Except(value.Excluded.Select(JsonText.Write)));
        if (words.Count > 0)
            nodes.Add(Words(words));
        if ((value.Types & ValueTypes.Number) != 0)
            nodes.AddRange(Numbers(value, isItem));
        if (value.Types.HasFlag(ValueTypes.Array))
            nodes.Add(Array(value, isItem));
        if (value.Types.HasFlag(ValueTypes.Object))
            nodes.Add(Object(value, isItem));
        return nodes.OfType<SchemaNode>();
    }

    /// <summary>The texts of some alternatives; those of the same lengths are one automaton, so that tokens are followed once.</summary>
    private List<ScalarNode> Texts(IEnumerable<MergedValue> values, bool isItem)
    {
        var nodes = new List<ScalarNode?>();
        var patterns = new JoinedTexts();
        foreach (var value in values.Where(value => value.Fixed is null && value.Types.HasFlag(ValueTypes.String)))
        {
            var text = WrittenText(value);
            if (text.MinLength > text.MaxLength)
            {
                Never<ScalarNode>(
                    $"{value.Pointer}/minLength",
                    $"at least {text.MinLength} characters are needed and at most {text.MaxLength} allowed, so no string fits.");
            }
            else if (value.Vocabularies.Where(rule => !rule.Current.IsOpen).ToArray() is { Length: > 0 } lists)
            {
                nodes.Add(isItem ? throw OneWriting.Refuse(value.Pointer, "names of x-vocabulary") : Names(value, lists));
            }
            else if (text.Fitting is null)
            {
                Never<ScalarNode>(value.Pointer, "no text fits all of its patterns and formats.");
            }
            else if (text.Fitting.IsAnything)
            {
                nodes.Add(Keep(new ScalarNode(
                    StringTerminal.Instance,
                    StringTerminal.State(StringPhase.Before, text.MinLength, text.MaxLength ?? StringTerminal.Unlimited))));
            }
            else
            {
                if ((isItem ? OneWriting.Of(text.Fitting) : text.Fitting) is { } fitting)
                    patterns.Add(text with { Fitting = fitting }, value.Pointer);
                else
                    Never<ScalarNode>(value.Pointer, "no text fits that is written without an escape.");
            }
        }
        nodes.AddRange(patterns.All.Select(pattern => Pattern(pattern.Text, pattern.Pointer)));
        return [.. nodes.OfType<ScalarNode>()];
    }

    /// <summary>What every reader takes, where there is such; else all that fits.</summary>
    private static MergedText WrittenText(MergedValue value) =>
        MergedText.Of(value, isWritten: true) is { Fitting: not null } written ? written : MergedText.Of(value);

    private ScalarNode? Pattern(MergedText text, string pointer) =>
        PatternTerminal.Create(text.Fitting!, text.MinLength, text.MaxLength, pointer) is { } terminal
            ? Keep(new ScalarNode(terminal))
            : Never<ScalarNode>(pointer, "no text of the allowed length fits.");

    /// <summary>The names of a list that fit all else that is asked of the text.</summary>
    private ScalarNode? Names(MergedValue value, VocabularyRule[] lists)
    {
        var all = lists[0].Current.Names;
        var names = Enumerable.Range(0, all.Count).Select(all.NameAt).Where(name => FitsText(value, name));
        var isWhole = lists.Length == 1 && value.Members.All(member => member is { Texts.Count: 0, MinLength: null, MaxLength: null });
        var fitting = isWhole && !value.Excluded.Any() ? all : NameAutomaton.Create(names);
        return fitting.Count > 0
            ? Keep(new ScalarNode(new VocabularyTerminal(fitting)))
            : Never<ScalarNode>($"{value.Pointer}/x-vocabulary", $"no name of the list '{lists[0].Name}' fits all else that is asked.");
    }

    private static bool FitsText(MergedValue value, string text) => FitsAll(value, JsonSerializer.SerializeToElement(text));

    private static bool FitsAll(MergedValue value, JsonElement element) =>
        value.Members.All(member => SchemaValidator.FitsItself(member, element));

    private IEnumerable<ScalarNode?> Numbers(MergedValue value, bool isItem)
    {
        var asked = MergedNumber.Of(value);
        if (!value.Types.HasFlag(ValueTypes.Integer))
            asked = asked with { Others = [.. asked.Others, new ExactDecimal(1, 0)] };
        var excluded = value.Excluded.Where(number => number.ValueKind == JsonValueKind.Number)
            .Select(number => ExactDecimal.Parse(number.GetRawText()));
        return asked.Without(excluded).Select(number => Number(value, number, isItem));
    }

    private ScalarNode? Number(MergedValue value, MergedNumber number, bool isItem)
    {
        var isInteger = !value.Types.HasFlag(ValueTypes.Fraction);
        if (NumberRange.Of(number, isInteger) is not { } range)
            return NearestNumbers(value, number, isInteger);
        range = isItem ? range.Canonical() : range;
        if (!_numbers.TryGetValue(range, out var terminal))
            _numbers.Add(range, terminal = range.IsEmpty || number.IsEmpty ? null : NumberAutomaton.Build(range));
        if (terminal is not null)
            return Keep(new ScalarNode(terminal));
        var keyword = number.Low is null
            ? number.IsHighExclusive ? "exclusiveMaximum" : "maximum"
            : number.IsLowExclusive ? "exclusiveMinimum" : "minimum";
        return Never<ScalarNode>(
            $"{value.Pointer}/{keyword}",
            $"no {(number.Divisor is null ? "number" : $"multiple of {number.Divisor}")} of at most {range.Digits} digits lies within the "
                + $"bounds.");
    }

    private ScalarNode? NearestNumbers(MergedValue value, MergedNumber number, bool isInteger)
    {
        var at = $"{value.Pointer}/multipleOf";
        var divisor = number.Divisor ?? number.Others[0];
        if (Automata.NearestNumbers.Find(number, isInteger) is not { } found)
        {
            throw new UnsupportedSchemaException(
                at, $"multiples of {divisor} are not supported: the divisor has too many digits; bound the number, or write an enum.");
        }

        return found.Count > 0 ? Words(found) : Never<ScalarNode>(at, $"no multiple of {divisor} lies within the bounds.");
    }

    private ObjectNode? Object(MergedValue value, bool isItem)
    {
        RefuseExcluded(value, "an object", JsonValueKind.Object);
        var merged = MergedObject.Of(value, _merger);
        if (merged.Impossible is { } name)
            return Never<ObjectNode>($"{value.Pointer}/required", $"the required property '{name}' is not allowed, so no object fits.");
        if (merged.Properties.Count(property => property.IsRequired) > merged.Max
            || (merged.Others.Count == 0 && merged.Properties.Count < merged.Min))
        {
            return Never<ObjectNode>(value.Pointer, "no object has as many properties as are needed and allowed, so none fits.");
        }

        if (merged.Needed is not { } needed)
            return Never<ObjectNode>(value.Pointer, "another property has to be there and is not allowed, so no object fits.");
        if (isItem && merged.HasDifferentNames)
            throw OneWriting.Refuse(value.Pointer, "objects of several properties whose names are not listed");
        if (isItem && merged.Others.Count > 0)
            merged = OneWriting.Of(merged);
        if (isItem)
            OneWriting.Check(value.Pointer, merged.Properties.Select(property => JsonText.Quote(property.Name)));
        var properties = merged.Properties.Select(
            property => new ObjectProperty(property.Name, property.IsRequired, NodeOf(property.Value, isItem))).ToArray();
        var others = merged.Others.Select(other => (other.Names, Value: (SchemaNode)NodeOf(other.Value, isItem), Needed: 0))
            .Concat(needed.SelectMany((ways, i) =>
                ways.Select(other => ((PatternAutomaton?)other.Names, (SchemaNode)NodeOf(other.Value, isItem), i + 1))))
            .ToArray();
        return _shared.Of(
            _shared.Object(properties, others, merged.Known, merged.Min, merged.Max), () => Object(value, merged, properties, others));
    }

    private ObjectNode Object(
        MergedValue value, MergedObject merged, ObjectProperty[] properties,
        (PatternAutomaton? Names, SchemaNode Value, int Needed)[] others)
    {
        var rest = others.Select((other, i) => new OtherProperties(
            Key(other.Names, merged.Known, properties.Length + i, value), other.Value, other.Needed));
        var node = new ObjectNode(properties, [.. rest], merged.Min, merged.Max) { HasDifferentNames = merged.HasDifferentNames };
        if (node.HasDifferentNames && !DifferentValues.CanBeNamed(node))
        {
            throw new UnsupportedSchemaException(
                $"{value.Pointer}/minProperties",
                $"an answer cannot be held to {merged.Min} properties whose names are not listed; name them in properties.");
        }

        _positions += node.PositionCount;
        return node.IsTooLarge || _positions > MaxPositions
            ? throw new UnsupportedSchemaException($"{value.Pointer}/maxProperties", "so many properties cannot be counted.")
            : Keep(node);
    }

    private KeyTerminal Key(PatternAutomaton? names, IReadOnlyCollection<string> known, int label, MergedValue value)
    {
        if (names is not null)
            return new KeyTerminal(_names.Of(names, value.Pointer), 0, label);
        return known.Count == 0
            ? new KeyTerminal(StringTerminal.Instance, StringTerminal.State(StringPhase.Before, 0, StringTerminal.Unlimited), label)
            : new KeyTerminal(new ExcludingTerminal(known), ExcludingTerminal.Start, label);
    }

    private static void RefuseExcluded(MergedValue value, string what, JsonValueKind kind)
    {
        if (value.Excluded.Any(excluded => excluded.ValueKind == kind))
        {
            throw new UnsupportedSchemaException(
                value.Pointer, $"{what} cannot be ruled out as a single value; say what is allowed instead.");
        }
    }

    private ScalarNode Words(IEnumerable<string> texts)
    {
        var words = texts.ToArray();
        return _shared.Words(
            words, () => Keep(new ScalarNode(WordTerminal.Create(words.Select(text => (Encoding.UTF8.GetBytes(text), 0))))));
    }

    private T? Never<T>(string pointer, string reason)
        where T : SchemaNode
    {
        _impossible.Add(new SchemaFault(pointer, reason));
        return null;
    }

    private T Keep<T>(T node)
        where T : SchemaNode
    {
        if (_nodes.Count == MaxNodes)
            throw new UnsupportedSchemaException("#", $"the schema has more than {MaxNodes} parts once its alternatives are written out.");
        node.Id = _nodes.Count;
        _nodes.Add(node);
        return node;
    }
}
