using System.Runtime.CompilerServices;
using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>
/// Takes the schemas of a conjunction together, as alternatives of schemas without alternatives in them. What cannot be decided is refused.
/// One instance a document; not thread-safe.
/// </summary>
internal sealed class SchemaMerger
{
    private const int MaxAlternatives = 1024;

    // Whether alternatives exclude each other can depend on whether those within them do, and so on without end in a recursive schema.
    private const int MaxNesting = 2;

    // Schemas that are looked at, in all: a second or two. Choices can be made one after another without end.
    private const int MaxWork = 50_000_000;
    private const int MaxChoices = 400;

    private readonly Dictionary<Conjunction, IReadOnlyList<MergedValue>> _known = [];

    // With what a oneOf excludes left in: enough to tell that something certainly is empty, and never written by.
    private readonly Dictionary<Conjunction, IReadOnlyList<MergedValue>> _wider = [];
    private readonly SchemaNegation _negation;
    private int _count;
    private int _nesting;
    private long _work;

    /// <param name="root">The schema of the whole document.</param>
    /// <param name="count">The number of schemas in the document; ids from here on are free.</param>
    public SchemaMerger(Schema root, int count)
    {
        _count = count;
        Nothing = new Schema(_count++, root.Pointer) { IsFalse = true };
        _negation = new SchemaNegation(this);
    }

    /// <summary>The schema that nothing fits.</summary>
    public Schema Nothing { get; }

    /// <summary>A schema that follows from others.</summary>
    public Schema Derive(string pointer) => new(_count++, pointer) { IsDerived = true };

    /// <summary>The alternatives that are left when those are dropped that contradict themselves; none when nothing fits.</summary>
    /// <exception cref="UnsupportedSchemaException">A part cannot be decided.</exception>
    public IReadOnlyList<MergedValue> Alternatives(Conjunction conjunction)
    {
        if (_known.TryGetValue(conjunction, out var known) || (_nesting == MaxNesting && _wider.TryGetValue(conjunction, out known)))
            return known;
        var found = new List<MergedValue>();
        var branch = new Branch(conjunction);
        foreach (var schema in conjunction.Schemas)
            Add(branch, schema);
        Explore(branch, found, []);
        return (_nesting == MaxNesting ? _wider : _known)[conjunction] = found;
    }

    /// <summary>Counts schemas that are looked at.</summary>
    /// <exception cref="UnsupportedSchemaException">It took too many.</exception>
    public void Spend(long schemas, string pointer)
    {
        _work += schemas;
        if (_work > MaxWork)
            throw new UnsupportedSchemaException(pointer, "its alternatives combine in too many ways; say less at once.");
    }

    /// <summary>The texts that fit a schema, or null when there is none.</summary>
    public PatternAutomaton? TextsOf(Schema schema)
    {
        PatternAutomaton? all = null;
        foreach (var value in Alternatives(new Conjunction([schema])).Where(value => value.Types.HasFlag(ValueTypes.String)))
        {
            if (TextsOf(value) is { } texts)
                all = all?.Or(texts, value.Pointer) ?? texts;
        }

        return all;
    }

    /// <summary>Whether certainly no value fits an alternative.</summary>
    public bool IsEmpty(MergedValue value) => new EmptySchemas(this).IsEmpty(value, null, 0);

    private static PatternAutomaton? TextsOf(MergedValue value) => value.Vocabularies.Any()
        ? throw new UnsupportedSchemaException(value.Pointer, "names of properties cannot be held to x-vocabulary.")
        : value.Fixed is { } words
        ? PatternAutomaton.Words(
            words.Where(word => word.ValueKind == JsonValueKind.String).Select(word => word.GetString()!), value.Pointer)
        : MergedText.Of(value).Bounded(value.Pointer);

    private void Explore(Branch branch, List<MergedValue> found, IReadOnlyList<(Schema Owner, Schema Taken)> taken)
    {
        Spend(branch.Members.Count + 1, branch.Roots.Pointer);
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new UnsupportedSchemaException(branch.Roots.Pointer, "its alternatives stand within one another too deep.");
        if (branch.Types == ValueTypes.None)
            return;
        if (branch.Choices.Count > 0)
        {
            if (++branch.Chosen > MaxChoices)
                throw new UnsupportedSchemaException(branch.Roots.Pointer, $"more than {MaxChoices} alternatives are asked for at once.");
            var choice = branch.Choices.Dequeue();
            foreach (var option in choice.Options)
            {
                var next = new Branch(branch);
                Add(next, option);
                Explore(next, found, choice.Owner is null ? taken : [.. taken, (choice.Owner, option)]);
            }
            return;
        }
        if (Finish(branch) is not { } value)
            return;
        if (value.Fixed is { } values)
        {
            Spend(values.Count * (long)taken.Sum(choice => choice.Owner.OneOf.Count), value.Pointer);
            var closing = branch.IsQuestion ? [] : branch.Members.FindAll(member => member.IsClosedHere || member.ClosesItems);
            var fitting = values.Where(candidate => closing.TrueForAll(member => SchemaValidator.Fits(member, candidate))
                && taken.All(choice => FitsOnly(choice.Owner, choice.Taken, candidate))).ToArray();
            if (fitting.Length == 0)
                return;
            value = value with { Fixed = fitting };
        }
        else if (taken.Count > 0 && _nesting < MaxNesting && ExcludeOthers(branch, value, taken) is { } narrower)
        {
            Explore(narrower, found, []);
            return;
        }
        if (found.Count == MaxAlternatives)
            throw new UnsupportedSchemaException(value.Pointer, $"its alternatives combine in more than {MaxAlternatives} ways.");
        found.Add(value);
    }

    private static bool FitsOnly(Schema owner, Schema taken, JsonElement candidate) =>
        owner.OneOf.All(other => ReferenceEquals(other, taken) || !SchemaValidator.Fits(other, candidate));

    // Of a oneOf exactly one alternative may fit. Where what is written by one may fit another, the other is ruled out.
    private Branch? ExcludeOthers(Branch branch, MergedValue value, IReadOnlyList<(Schema Owner, Schema Taken)> taken)
    {
        var empty = new EmptySchemas(this);
        Branch? narrower = null;
        foreach (var (owner, option) in taken)
        {
            foreach (var (i, other) in owner.OneOf.Index())
            {
                if (ReferenceEquals(other, option) || !MayFit(branch, value, other, empty))
                    continue;
                try
                {
                    Add(narrower ??= new Branch(branch), _negation.Of(other));
                }
                catch (UnsupportedSchemaException)
                {
                    var index = owner.OneOf.Index().First(entry => ReferenceEquals(entry.Item, option)).Index;
                    throw new UnsupportedSchemaException(
                        $"{owner.Pointer}/oneOf/{Math.Max(i, index)}",
                        $"a value may fit this alternative and alternative {Math.Min(i, index)} as well; give them different types, or a "
                            + $"required property with another const in each, or use anyOf.");
                }
            }
        }

        return narrower;
    }

    private bool MayFit(Branch branch, MergedValue value, Schema other, EmptySchemas empty)
    {
        // A schema that closes the value is left out of the question: it fits only one of the two alternatives itself.
        var both = new Branch(branch) { IsQuestion = true };
        Add(both, other);
        var combined = new List<MergedValue>();
        _nesting++;
        try
        {
            Explore(both, combined, []);
            return combined.Exists(alternative => !empty.IsEmpty(alternative, value, 0));
        }
        finally
        {
            _nesting--;
        }
    }

    private void Add(Branch branch, Schema schema)
    {
        if (!branch.Seen.Add(schema))
            return;
        branch.Types &= schema.IsFalse ? ValueTypes.None : schema.Types;
        if (branch.Types == ValueTypes.None)
            return;
        branch.Members.Add(schema);
        if (schema.Reference is { } reference)
            Add(branch, reference);
        foreach (var part in schema.AllOf)
            Add(branch, part);
        if (schema.AnyOf.Count > 0)
            branch.Choices.Enqueue((null, schema.AnyOf));
        if (schema.OneOf.Count > 0)
            branch.Choices.Enqueue((schema, schema.OneOf));
        if (schema.Not is { } not)
            Add(branch, _negation.Of(not));
        if (schema.If is { } condition && ((schema.Then ?? schema.Else) is not null || schema.IsClosedHere || schema.ClosesItems))
            branch.Choices.Enqueue((null, [_negation.All(condition, schema.Then), _negation.All(_negation.Of(condition), schema.Else)]));
        foreach (var (name, dependent) in schema.Dependents)
            branch.Choices.Enqueue((null, [_negation.Without(schema.Pointer, name), _negation.With(schema.Pointer, name, dependent)]));
    }

    private MergedValue? Finish(Branch branch)
    {
        Unevaluated.RefuseOutsiders(branch.Members);
        var types = branch.Types;
        foreach (var excluded in branch.Members.SelectMany(member => member.Excluded))
        {
            if (excluded.ValueKind == JsonValueKind.Null)
                types &= ~ValueTypes.Null;
        }

        var value = new MergedValue(branch.Members.FindLast(member => !member.IsDerived)?.Pointer ?? "#", types, branch.Members);
        var lists = branch.Members.SelectMany(member => member.Fixed).ToArray();
        if (lists.Length == 0)
            return types == ValueTypes.None ? null : value;
        Spend((long)lists[0].Count * branch.Members.Count, value.Pointer);
        var values = lists[0].Where(candidate =>
            (JsonValues.TypeOf(candidate) & types) != 0
            && branch.Members.TrueForAll(member => SchemaValidator.FitsItself(member, candidate))
            && !branch.Members.Exists(member => JsonValues.IsAmong(member.Excluded, candidate))).ToArray();
        return values.Length == 0 ? null : value with { Fixed = values };
    }

    /// <summary>Schemas that are being taken together.</summary>
    private sealed class Branch
    {
        public Branch(Conjunction roots) => Roots = roots;

        public Branch(Branch other)
        {
            Roots = other.Roots;
            Types = other.Types;
            Chosen = other.Chosen;
            IsQuestion = other.IsQuestion;
            Members = [.. other.Members];
            Seen = [.. other.Seen];
            Choices = new(other.Choices);
        }

        public Conjunction Roots { get; }

        public ValueTypes Types { get; set; } = ValueTypes.All;

        /// <summary>Whether it only asks if something fits, and nothing is written by it.</summary>
        public bool IsQuestion { get; init; }

        /// <summary>How many choices have been made.</summary>
        public int Chosen { get; set; }

        public List<Schema> Members { get; } = [];

        public HashSet<Schema> Seen { get; } = [];

        public Queue<(Schema? Owner, IReadOnlyList<Schema> Options)> Choices { get; } = new();
    }
}
