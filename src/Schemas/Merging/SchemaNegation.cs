using System.Runtime.CompilerServices;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>
/// The schemas that fit what others do not. Where that can be said of some ways only not to fit, it is these: an answer is written by
/// them. Whoever asks whether something fits at all has to know: <see cref="IsNarrow"/>.
/// </summary>
internal sealed partial class SchemaNegation
{
    private const int MaxDepth = 150;

    private readonly SchemaMerger _merger;
    private readonly Dictionary<Schema, Schema?> _known = [];
    private readonly Dictionary<(Schema, Schema?), Schema> _pairs = [];
    private readonly Dictionary<Schema, Schema> _derived = [];
    private readonly Dictionary<(string, string, Schema?), Schema> _named = [];
    private readonly Dictionary<(SomeProperty, string?, string), Schema> _placed = [];
    private readonly HashSet<Schema> _choices = [];
    private readonly DifferingValues _differing;
    private readonly HashSet<Schema> _narrow = [];
    private readonly Dictionary<Schema, (UnsupportedSchemaException Reason, bool IsWithin)> _failed = [];
    private UnsupportedSchemaException? _lost;
    private int _depth;

    /// <summary>Whether a negation fits less than it should.</summary>
    public bool IsNarrow(Schema negated) => _narrow.Contains(negated);

    /// <param name="merger">Makes schemas.</param>
    public SchemaNegation(SchemaMerger merger) => (_merger, _differing) = (merger, new DifferingValues(merger, this));

    /// <exception cref="UnsupportedSchemaException">It cannot be told what does not fit the schema.</exception>
    public Schema Of(Schema schema)
    {
        if (_failed.TryGetValue(schema, out var failed))
        {
            // What failed within another may have failed for leading back to that.
            if (!failed.IsWithin || _depth > 0)
                throw failed.Reason;
            _failed.Remove(schema);
            _known.Remove(schema);
        }

        if (_known.TryGetValue(schema, out var known))
        {
            if (known is not null && IsNarrow(known))
                _lost ??= Refuse(schema, "some of its parts cannot be ruled out");
            return known ?? throw Refuse(schema, "it leads back to itself");
        }

        if (_depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Refuse(schema, $"it nests more than {MaxDepth} schemas");
        _known[schema] = null;
        var negated = _merger.Derive(schema.Pointer);
        List<Schema> options;
        var lostBefore = _lost;
        _lost = null;
        _depth++;
        try
        {
            options = schema.IsFalse ? [_merger.Derive(schema.Pointer)] : [.. Options(schema)];
            if (_lost is not null)
                _narrow.Add(negated);
            if (options.Count == 0 && _lost is not null)
                throw _lost;
        }
        catch (UnsupportedSchemaException refused)
        {
            _failed[schema] = (refused, _depth > 1);
            throw;
        }
        finally
        {
            _depth--;
            _lost = lostBefore ?? _lost;
        }

        if (options.Count == 0)
        {
            negated.IsFalse = true;
        }
        else
        {
            negated.AnyOf = options;
            _choices.Add(negated);
        }

        return _known[schema] = negated;
    }

    /// <summary>The ways to fit a negation: several where it is a choice and nothing else.</summary>
    public IEnumerable<Schema> WaysOf(Schema negated) => _choices.Contains(negated) ? negated.AnyOf.SelectMany(WaysOf) : [negated];

    /// <summary>Both at once.</summary>
    public Schema All(Schema first, Schema? second)
    {
        if (second is null)
            return first;
        if (_pairs.TryGetValue((first, second), out var known))
            return known;
        var both = _merger.Derive(first.Pointer);
        both.AllOf = [first, second];
        return _pairs[(first, second)] = both;
    }

    /// <summary>An object without a property, or another value.</summary>
    public Schema Without(string pointer, string name)
    {
        if (_named.TryGetValue((pointer, name, null), out var known))
            return known;
        var without = _merger.Derive(pointer);
        without.Absent = [name];
        return _named[(pointer, name, null)] = without;
    }

    /// <summary>An object with a property, and what then must hold.</summary>
    public Schema With(string pointer, string name, Schema consequence)
    {
        if (_named.TryGetValue((pointer, name, consequence), out var known))
            return known;
        var with = _merger.Derive(pointer);
        with.Types = ValueTypes.Object;
        with.Required = [name];
        with.AllOf = [consequence];
        return _named[(pointer, name, consequence)] = with;
    }

    /// <summary>An object with a property of a name for one that has to be there, and without it under other names.</summary>
    public Schema Placed(SomeProperty some, string pointer, string? name, IReadOnlyList<string> absent)
    {
        var key = (some, name, string.Join('\0', absent));
        if (_placed.TryGetValue(key, out var known))
            return known;
        var placed = _merger.Derive(pointer);
        (placed.Types, placed.Absent) = (ValueTypes.Object, absent);
        if (name is null)
            placed.OtherProperty = some;
        else
            (placed.Required, placed.Properties) = ([name], some.Value is { } value ? [(name, value)] : []);
        return _placed[key] = placed;
    }

    /// <summary>The negation, or null where it cannot be told: then a way not to fit is lost.</summary>
    private Schema? Try(Schema schema)
    {
        try
        {
            return Of(schema);
        }
        catch (UnsupportedSchemaException refused)
        {
            _lost ??= refused;
            return null;
        }
    }

    private IReadOnlyList<Schema>? TryAll(IReadOnlyList<Schema> schemas)
    {
        var negated = schemas.Select(Try).ToArray();
        return negated.Contains(null) ? null : [.. negated.OfType<Schema>()];
    }

    private PatternAutomaton? Texts(Func<PatternAutomaton?> find)
    {
        try
        {
            return find();
        }
        catch (UnsupportedSchemaException refused)
        {
            _lost ??= refused;
            return null;
        }
    }

    private void Lose(Schema schema, string what) => _lost ??= Refuse(schema, what);

    /// <summary>The same schema where it only follows from others: it asks the same and says no properties.</summary>
    public Schema Derived(Schema schema)
    {
        if (schema.IsDerived)
            return schema;
        if (_derived.TryGetValue(schema, out var known))
            return known;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new UnsupportedSchemaException(schema.Pointer, "its schemas stand within one another too deep.");
        var derived = _derived[schema] = _merger.Derive(schema.Pointer);
        derived.CopyFrom(schema, Derived);
        return derived;
    }

    private Schema Derive(Schema schema, Action<Schema> fill)
    {
        var option = _merger.Derive(schema.Pointer);
        fill(option);
        return option;
    }

    private static UnsupportedSchemaException Refuse(Schema schema, string what) =>
        new(schema.Pointer, $"an answer cannot be held to what does not fit this schema: {what}.");
}
