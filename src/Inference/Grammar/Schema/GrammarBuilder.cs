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
internal sealed class GrammarBuilder(JsonSchema schema, List<SchemaNode> nodes)
{
    private const int MaxNodes = 200_000;
    private const int MaxFaults = 20;

    // All their orders are written out.
    private const int MostUnique = 6;

    private readonly SchemaMerger _merger = new(schema.Root, schema.Count);
    private readonly Dictionary<Conjunction, AnyOfNode> _known = [];
    private readonly Queue<(Conjunction Schemas, AnyOfNode Node)> _open = new();
    private readonly Dictionary<NumberRange, TableTerminal?> _numbers = [];
    private readonly List<SchemaNode> _nodes = nodes;
    private readonly List<SchemaFault> _impossible = [];

    public IReadOnlyList<SchemaNode> Nodes => _nodes;

    /// <summary>Why some alternatives were left out: nothing fits them.</summary>
    public IReadOnlyList<SchemaFault> Impossible => _impossible;

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
                open.Node.Alternatives = [.. _merger.Alternatives(open.Schemas).SelectMany(Alternatives)];
            }
            catch (UnsupportedSchemaException refused) when (faults.Count < MaxFaults)
            {
                // All that is wrong is said at once.
                faults.AddRange(refused.Faults);
            }
        }

        if (faults.Count > 0)
            throw new UnsupportedSchemaException([.. faults.Distinct()]);
    }

    private ToolCallNode Call(string name, MergedValue value)
    {
        var merged = MergedObject.Of(value, _merger);
        if (merged.Min > merged.Properties.Count(property => property.IsRequired) || merged.Max < merged.Properties.Count)
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
            var text = MergedText.Of(value);
            if (text.Fitting?.And(PlainText.Automaton, value.Pointer) is { } fitting
                && PatternTerminal.CreateRaw(fitting, text.MinLength, text.MaxLength, value.Pointer) is { } terminal)
            {
                alternatives.Add(Keep(new ScalarNode(terminal, PatternTerminal.RawStart)));
            }
        }
        node.Alternatives = alternatives;
        return node;
    }

    private AnyOfNode NodeOf(Conjunction schemas)
    {
        if (_known.TryGetValue(schemas, out var known))
            return known;
        var node = Keep(new AnyOfNode());
        _known.Add(schemas, node);
        if (!schemas.IsFalse)
            _open.Enqueue((schemas, node));
        return node;
    }

    private IEnumerable<SchemaNode> Alternatives(MergedValue value)
    {
        if (value.Fixed is { } values)
            return [Words([.. values.Select(JsonText.Write).Distinct()])];
        var nodes = new List<SchemaNode?>();
        var words = new List<string>();
        if (value.Types.HasFlag(ValueTypes.Null))
            words.Add("null");
        if (value.Types.HasFlag(ValueTypes.Boolean))
            words.AddRange(((string[])["true", "false"]).Except(value.Excluded.Select(JsonText.Write)));
        if (words.Count > 0)
            nodes.Add(Words(words));
        if (value.Types.HasFlag(ValueTypes.String))
            nodes.Add(Text(value));
        if ((value.Types & ValueTypes.Number) != 0)
            nodes.AddRange(Numbers(value));
        if (value.Types.HasFlag(ValueTypes.Array))
            nodes.Add(Array(value));
        if (value.Types.HasFlag(ValueTypes.Object))
            nodes.Add(Object(value));
        return nodes.OfType<SchemaNode>();
    }

    private ScalarNode? Text(MergedValue value)
    {
        var text = MergedText.Of(value);
        if (text.MinLength > text.MaxLength)
        {
            return Never<ScalarNode>(
                $"{value.Pointer}/minLength", $"minLength ({text.MinLength}) is above maxLength ({text.MaxLength}), so no string fits.");
        }

        if (value.Vocabularies.Where(rule => !rule.Current.IsOpen).ToArray() is { Length: > 0 } lists)
            return Names(value, lists);
        if (text.Fitting is null)
            return Never<ScalarNode>(value.Pointer, "no text fits all of its patterns and formats.");
        if (text.Fitting.IsAnything)
        {
            return Keep(new ScalarNode(
                StringTerminal.Instance,
                StringTerminal.State(StringPhase.Before, text.MinLength, text.MaxLength ?? StringTerminal.Unlimited)));
        }

        return PatternTerminal.Create(text.Fitting, text.MinLength, text.MaxLength, value.Pointer) is { } terminal
            ? Keep(new ScalarNode(terminal))
            : Never<ScalarNode>(value.Pointer, "no text of the allowed length fits.");
    }

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

    private static bool FitsText(MergedValue value, string text)
    {
        var element = JsonSerializer.SerializeToElement(text);
        return value.Members.All(member => SchemaValidator.Fits(member, element))
            && !value.Excluded.Any(excluded => JsonValues.AreSame(excluded, element));
    }

    private IEnumerable<ScalarNode?> Numbers(MergedValue value)
    {
        if (!value.Types.HasFlag(ValueTypes.Integer))
            throw new UnsupportedSchemaException(value.Pointer, "numbers that are no integers cannot be told apart from others.");
        var excluded = value.Excluded.Where(number => number.ValueKind == JsonValueKind.Number)
            .Select(number => ExactDecimal.Parse(number.GetRawText()));
        return MergedNumber.Of(value).Without(excluded).Select(number => Number(value, number));
    }

    private ScalarNode? Number(MergedValue value, MergedNumber number)
    {
        if (NumberRange.Of(number, isInteger: !value.Types.HasFlag(ValueTypes.Fraction)) is not { } range)
        {
            throw new UnsupportedSchemaException(
                $"{value.Pointer}/multipleOf", $"multiples of {number.Divisor} are not supported: the divisor has too many digits.");
        }

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

    private SchemaNode? Array(MergedValue value)
    {
        RefuseExcluded(value, "an array", JsonValueKind.Array);
        var array = MergedArray.Of(value);
        if (array.IsEmpty)
        {
            return Never<ArrayNode>(
                $"{value.Pointer}/minItems", $"minItems ({array.Min}) is above maxItems ({array.Max}), so no array fits.");
        }

        if (array.IsUnique && array.Max is not (0 or 1) && Selections(array) is { } selections)
        {
            return selections.Count > 0
                ? Words(selections)
                : Never<ScalarNode>($"{value.Pointer}/uniqueItems", "there are too few different items.");
        }

        if (array.IsUnique && array.Max is not (0 or 1))
            throw new UnsupportedSchemaException($"{value.Pointer}/uniqueItems", "uniqueItems is not supported for more than one item.");
        var prefix = array.Prefix.Take(array.Max ?? int.MaxValue).Select(NodeOf).ToArray();
        return Keep(new ArrayNode(prefix, array.Max <= prefix.Length ? null : NodeOf(array.Rest), array.Min, array.Max));
    }

    /// <summary>All arrays of different items, where these are a few fixed values; else null.</summary>
    private List<string>? Selections(MergedArray array)
    {
        var items = _merger.Alternatives(array.Rest);
        if (array.Prefix.Count > 0 || items.Any(item => item.Fixed is null))
            return null;
        var values = items.SelectMany(item => item.Fixed!).Select(JsonText.Write).Distinct(StringComparer.Ordinal).ToArray();
        if (values.Length > MostUnique
            || items.Any(item => item.Fixed!.Any(fixedValue => fixedValue.ValueKind is not JsonValueKind.String)))
        {
            return null;
        }

        var found = new List<string>();
        Select([]);
        return found;

        void Select(List<string> chosen)
        {
            if (chosen.Count >= array.Min)
                found.Add($"[{string.Join(',', chosen)}]");
            if (chosen.Count < (array.Max ?? int.MaxValue))
            {
                foreach (var next in values.Except(chosen))
                    Select([.. chosen, next]);
            }
        }
    }

    private ObjectNode? Object(MergedValue value)
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

        var properties = merged.Properties.Select(
            property => new ObjectProperty(property.Name, property.IsRequired, NodeOf(property.Value))).ToArray();
        var others = merged.Others.Select(
            (other, i) => new OtherProperties(Key(other.Names, merged.Known, properties.Length + i, value), NodeOf(other.Value))).ToArray();
        var node = new ObjectNode(properties, others, merged.Min, merged.Max);
        if (node.IsTooLarge)
            throw new UnsupportedSchemaException($"{value.Pointer}/maxProperties", "so many properties cannot be counted.");
        return Keep(node);
    }

    private static KeyTerminal Key(PatternAutomaton? names, IReadOnlyCollection<string> known, int label, MergedValue value)
    {
        if (names is not null)
            return new KeyTerminal(PatternTerminal.Create(names, 0, null, value.Pointer)!, 0, label);
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

    private ScalarNode Words(IEnumerable<string> texts) =>
        Keep(new ScalarNode(WordTerminal.Create(texts.Select(text => (Encoding.UTF8.GetBytes(text), 0)))));

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
