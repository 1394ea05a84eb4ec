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
internal sealed partial class SchemaMerger
{
    private const int MaxAlternatives = 1024;

    // Whether alternatives exclude each other can depend on whether those within them do, and so on without end in a recursive schema.
    private const int MaxNesting = 2;

    // Schemas that are looked at, in all: two seconds or three. Choices can be made one after another without end.
    private const int MaxWork = 50_000_000;
    private const int MaxChoices = 400;

    // What it takes to look for a contradiction, against what it takes to go on to the next choice.
    private const long ContradictionWork = 3;

    // The ways in which an alternative is written that fits no other, where all of them are too many.
    private const int MostOfMany = 24;

    // The ways to fit none of the other alternatives of a oneOf, all of them together.
    private const int MostWays = 200;

    private readonly Dictionary<Conjunction, IReadOnlyList<MergedValue>> _known = [];

    // Where something cannot be told, an answer is written by less than fits; whether certainly nothing fits is asked of more, by how
    // deep it is asked: with what is excluded left in.
    private readonly Dictionary<(Conjunction, int), IReadOnlyList<MergedValue>> _inexact = [];
    private readonly Dictionary<(Conjunction, int Depth, int Nesting), bool> _empty = [];
    private readonly SchemaNegation _negation;
    private int _count;
    private int _nesting;
    private bool _isInexact;
    private bool _isBounded;
    private SchemaFault? _impossible;
    private long _work;

    /// <param name="root">The schema of the whole document.</param>
    /// <param name="count">The number of schemas in the document; ids from here on are free.</param>
    public SchemaMerger(Schema root, int count)
    {
        _count = count;
        Nothing = new Schema(_count++, root.Pointer) { IsFalse = true };
        _negation = new SchemaNegation(this);
    }

    /// <summary>Why the first of the alternatives was left out that contradict themselves; null where none does.</summary>
    public SchemaFault? Impossible => _impossible;

    /// <summary>The schema that nothing fits.</summary>
    public Schema Nothing { get; }

    /// <summary>A schema that follows from others.</summary>
    public Schema Derive(string pointer) => new(_count++, pointer) { IsDerived = true };

    /// <summary>The same schema where it only follows from others: it asks the same and says no properties.</summary>
    public Schema Derived(Schema schema) => _negation.Derived(schema);

    /// <summary>The schema of what does not fit another.</summary>
    /// <exception cref="UnsupportedSchemaException">It cannot be told.</exception>
    public Schema Negated(Schema schema) => _negation.Of(schema);

    /// <summary>The alternatives that are left when those are dropped that contradict themselves; none when nothing fits.</summary>
    /// <exception cref="UnsupportedSchemaException">A part cannot be decided.</exception>
    public IReadOnlyList<MergedValue> Alternatives(Conjunction conjunction)
    {
        if (_known.TryGetValue(conjunction, out var known) || _inexact.TryGetValue((conjunction, _nesting), out known))
            return known;
        List<MergedValue> found;
        var wasInexact = _isInexact;
        _isInexact = false;
        try
        {
            found = FindAlternatives(conjunction);
            if (_isInexact)
                _inexact[(conjunction, _nesting)] = found;
            else
                _known[conjunction] = found;
            return found;
        }
        finally
        {
            _isInexact = wasInexact;
        }
    }

    private List<MergedValue> FindAlternatives(Conjunction conjunction)
    {
        try
        {
            return Find();
        }
        catch (TooManyWaysException) when (!IsAsking && !_isBounded)
        {
            // Ways that only rule others out are as good as one another: some of them are written.
            _isBounded = true;
            try
            {
                return Find();
            }
            finally
            {
                _isBounded = false;
            }
        }

        List<MergedValue> Find()
        {
            var found = new List<MergedValue>();
            var branch = new Branch(conjunction);
            foreach (var schema in conjunction.Schemas)
                Add(branch, schema);
            Explore(branch, found, []);
            return found;
        }
    }

    /// <summary>Whether a schema's alternatives are all that fits, where they have been asked for.</summary>
    public bool IsExact(Schema schema) => _known.ContainsKey(new Conjunction([schema]));

    /// <summary>Counts schemas that are looked at.</summary>
    /// <exception cref="UnsupportedSchemaException">It took too many.</exception>
    public void Spend(long schemas, string pointer)
    {
        _work += schemas;
        if (_work > MaxWork)
            throw new UnsupportedSchemaException(pointer, "its alternatives combine in too many ways; say less at once.");
    }

    /// <summary>Whether certainly no value fits, found once: how deep it is asked decides how far it is followed.</summary>
    public bool IsKnownEmpty(Conjunction conjunction, int depth, Func<bool> find) =>
        _empty.TryGetValue((conjunction, depth, _nesting), out var known)
            ? known
            : _empty[(conjunction, depth, _nesting)] = find();

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
    public bool IsEmpty(MergedValue value) => Ask(() => new EmptySchemas(this).IsEmpty(value, null, 0));

    /// <summary>Whether certainly no value fits.</summary>
    public bool IsSurelyEmpty(Conjunction conjunction) =>
        conjunction.IsFalse || Ask(() => Alternatives(conjunction).All(value => new EmptySchemas(this).IsEmpty(value, null, 0)));

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
        if (found.Count >= branch.Most)
        {
            _isInexact = true;
            return;
        }

        if (branch.Choices.Count > 0)
        {
            if (++branch.Chosen > MaxChoices)
                throw new UnsupportedSchemaException(branch.Roots.Pointer, $"more than {MaxChoices} alternatives are asked for at once.");
            var choice = Dequeue(branch);
            var isAnyWay = _isBounded && !IsAsking && !choice.IsOwn;
            var most = branch.Most ?? (isAnyWay ? branch.Chosen == 1 ? MaxAlternatives : found.Count + MostOfMany : null);
            foreach (var (i, option) in choice.Options.Index())
            {
                var left = choice.Options.Count - i;
                var next = new Branch(branch) { Most = isAnyWay ? found.Count + ((most - found.Count + left - 1) / left) : most };
                Add(next, option);
                Spend(ContradictionWork * next.Members.Count, branch.Roots.Pointer);
                if (next.Types == ValueTypes.Object && Contradictions.Find(next.Members, option) is { } name)
                {
                    _impossible ??= new SchemaFault(
                        $"{option.Pointer}/required", $"the required property '{name}' is not allowed, so no object fits.");
                    continue;
                }

                Explore(next, found, choice.Owner is null ? taken : [.. taken, (choice.Owner, option)]);
            }
            return;
        }
        if (Place(branch))
        {
            Explore(branch, found, taken);
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
        else if (taken.Count > 0 && _nesting == MaxNesting)
        {
            _isInexact = true;
        }
        else if (taken.Count > 0 && ExcludeOthers(branch, value, taken) is { } narrower)
        {
            Explore(narrower, found, []);
            return;
        }

        if (found.Count == MaxAlternatives)
            throw new TooManyWaysException(value.Pointer, MaxAlternatives);
        found.Add(value);
    }

    // Where not all ways are followed, those that the schema itself has come first.
    private Choice Dequeue(Branch branch)
    {
        for (var left = _isBounded ? branch.Choices.Count : 0; left > 0; left--)
        {
            var choice = branch.Choices.Dequeue();
            if (choice.IsOwn)
                return choice;
            branch.Choices.Enqueue(choice);
        }

        return branch.Choices.Dequeue();
    }

    // Of properties that have to be there under some name it is tried which: each that the schemas list, and another.
    private bool Place(Branch branch)
    {
        if (!branch.Types.HasFlag(ValueTypes.Object) || branch.Members.Exists(member => member.Fixed.Count > 0))
            return false;
        foreach (var some in branch.Members.SelectMany(member => member.SomeProperties).ToArray())
        {
            if (branch.Placed.Add(some) && PropertyPlaces.Of(some, branch.Members, branch.Roots.Pointer, _negation) is { } places)
                branch.Choices.Enqueue(new Choice(places));
        }

        return branch.Choices.Count > 0;
    }

    // Whether something fits is asked, and nothing is written.
    private bool IsAsking => _nesting > 0;

    private bool Ask(Func<bool> question)
    {
        var (wasInexact, nesting) = (_isInexact, _nesting);
        _nesting = Math.Min(MaxNesting, _nesting + 1);
        try
        {
            return question();
        }
        finally
        {
            (_isInexact, _nesting) = (wasInexact, nesting);
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
            branch.Choices.Enqueue(new Choice(schema.AnyOf) { IsOwn = !schema.IsDerived });
        if (schema.OneOf.Count > 0)
            branch.Choices.Enqueue(new Choice(schema.OneOf) { IsOwn = !schema.IsDerived, Owner = schema });
        if (schema.Not is { } not && Outside(not) is { } outside)
            Add(branch, outside);
        if (schema.If is { } condition && ((schema.Then ?? schema.Else) is not null || schema.IsClosedHere || schema.ClosesItems))
        {
            var otherwise = Outside(condition) ?? Derive(condition.Pointer);
            branch.Choices.Enqueue(
                new Choice([_negation.All(condition, schema.Then), _negation.All(otherwise, schema.Else)]) { IsOwn = !schema.IsDerived });
        }

        foreach (var (name, dependent) in schema.Dependents)
        {
            branch.Choices.Enqueue(
                new Choice([_negation.Without(schema.Pointer, name), _negation.With(schema.Pointer, name, dependent)])
                {
                    IsOwn = !schema.IsDerived,
                });
        }
    }

    /// <summary>What does not fit a schema; null where that is asked and cannot be told.</summary>
    private Schema? Outside(Schema schema)
    {
        try
        {
            var negated = _negation.Of(schema);
            _isInexact |= _negation.IsNarrow(negated);
            return IsAsking && _negation.IsNarrow(negated) ? null : negated;
        }
        catch (UnsupportedSchemaException) when (IsAsking)
        {
            _isInexact = true;
            return null;
        }
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
}
