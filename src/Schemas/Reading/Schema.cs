using System.Text.Json;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Schemas.Reading;

/// <summary>
/// One schema as it is written: what each of its keywords says, and nothing of what follows from several. A keyword that is not there
/// is null or empty.
/// </summary>
/// <param name="id">Tells it apart from the other schemas of its document.</param>
/// <param name="pointer">Where it stands, as a URI fragment.</param>
internal sealed class Schema(int id, string pointer)
{
    public int Id { get; } = id;

    public string Pointer { get; } = pointer;

    /// <summary>True for a schema that nothing fits: <c>false</c>.</summary>
    public bool IsFalse { get; set; }

    public ValueTypes Types { get; set; } = ValueTypes.All;

    /// <summary>The values of <c>enum</c>, or the one of <c>const</c>; both, when both are said.</summary>
    public List<IReadOnlyList<JsonElement>> Fixed { get; } = [];

    public int? MinLength { get; set; }

    public int? MaxLength { get; set; }

    /// <summary>What <c>pattern</c> and <c>format</c> ask of a text.</summary>
    public List<TextRule> Texts { get; } = [];

    /// <summary>The lists of names that a text has to be in.</summary>
    public List<VocabularyRule> Vocabularies { get; } = [];

    public ExactDecimal? Minimum { get; set; }

    public ExactDecimal? Maximum { get; set; }

    public ExactDecimal? ExclusiveMinimum { get; set; }

    public ExactDecimal? ExclusiveMaximum { get; set; }

    public ExactDecimal? MultipleOf { get; set; }

    /// <summary>What a number is no multiple of: what the negation of <c>multipleOf</c> asks.</summary>
    public IReadOnlyList<ExactDecimal> NotMultiplesOf { get; set; } = [];

    public IReadOnlyList<Schema> PrefixItems { get; set; } = [];

    /// <summary>The schema of the items after <see cref="PrefixItems"/>.</summary>
    public Schema? Items { get; set; }

    public int? MinItems { get; set; }

    public int? MaxItems { get; set; }

    public bool HasUniqueItems { get; set; }

    /// <summary>How many items have to fit other schemas.</summary>
    public IReadOnlyList<SomeItems> SomeItems { get; set; } = [];

    /// <summary>In the order of the document; null when the keyword is not there.</summary>
    public IReadOnlyList<(string Name, Schema Schema)>? Properties { get; set; }

    public IReadOnlyList<(PatternAutomaton Names, Schema Schema)>? PatternProperties { get; set; }

    public Schema? AdditionalProperties { get; set; }

    public Schema? PropertyNames { get; set; }

    public int? MinProperties { get; set; }

    public int? MaxProperties { get; set; }

    public IReadOnlyList<string> Required { get; set; } = [];

    /// <summary>Names that no property has: what the negation of <c>required</c> asks.</summary>
    public IReadOnlyList<string> Absent { get; set; } = [];

    /// <summary>Properties that have to be there, whichever of some names they have.</summary>
    public IReadOnlyList<SomeProperty> SomeProperties { get; set; } = [];

    /// <summary>One of <see cref="SomeProperties"/>, where its name is none of those that the schemas of the object list.</summary>
    public SomeProperty? OtherProperty { get; set; }

    /// <summary>Values that are ruled out: what the negation of <c>enum</c> asks.</summary>
    public IReadOnlyList<JsonElement> Excluded { get; set; } = [];

    /// <summary>True when it was not written but follows from what was: then the properties that it names do not close an object.</summary>
    public bool IsDerived { get; init; }

    /// <summary>
    /// True when <c>unevaluatedProperties</c> is not true where other schemas of the same value have a say; else it is the same as
    /// <see cref="AdditionalProperties"/>.
    /// </summary>
    public bool IsClosedHere { get; set; }

    /// <summary>What properties then have to fit that none of those schemas looks at; null where there are none.</summary>
    public Schema? Unevaluated { get; set; }

    /// <summary>
    /// True when <c>unevaluatedItems</c> is false where other schemas of the same value have a say; else it is the same as
    /// <see cref="Items"/>.
    /// </summary>
    public bool ClosesItems { get; set; }

    public Schema? Reference { get; set; }

    public IReadOnlyList<Schema> AllOf { get; set; } = [];

    public IReadOnlyList<Schema> AnyOf { get; set; } = [];

    public IReadOnlyList<Schema> OneOf { get; set; } = [];

    public Schema? Not { get; set; }

    public Schema? If { get; set; }

    public Schema? Then { get; set; }

    public Schema? Else { get; set; }

    /// <summary>What must hold when a property is there.</summary>
    public List<(string Name, Schema Schema)> Dependents { get; } = [];

    /// <summary>This schema, or the one that it only refers to.</summary>
    public Schema Referred => Reference is { } reference ? reference.Referred : this;

    /// <summary>The schema of a property by its name in <see cref="Properties"/>, or null.</summary>
    public Schema? Property(string name) => (_byName ??= ByName()).GetValueOrDefault(name);

    /// <summary>This schema and those that it applies to the same value, in them too; without what it rules out.</summary>
    public IReadOnlyCollection<Schema> WithApplied() => _withApplied ??= FindApplied();

    private HashSet<Schema>? _withApplied;

    private HashSet<Schema> FindApplied()
    {
        var found = new HashSet<Schema>();
        var open = new Stack<Schema>([this]);
        while (open.TryPop(out var schema))
        {
            if (!found.Add(schema))
                continue;
            foreach (var part in (IEnumerable<Schema?>)
                [
                    schema.Reference, schema.If, schema.Then, schema.Else, .. schema.AllOf, .. schema.AnyOf, .. schema.OneOf,
                    .. schema.Dependents.Select(dependent => dependent.Schema),
                ])
            {
                if (part is not null)
                    open.Push(part);
            }
        }

        return found;
    }

    /// <summary>Takes over all that another schema says.</summary>
    /// <param name="other">The schema.</param>
    /// <param name="copy">What becomes of the schemas within it.</param>
    public void CopyFrom(Schema other, Func<Schema, Schema> copy)
    {
        (IsFalse, Types, HasUniqueItems) = (other.IsFalse, other.Types, other.HasUniqueItems);
        (IsClosedHere, ClosesItems) = (other.IsClosedHere, other.ClosesItems);
        Fixed.AddRange(other.Fixed);
        Texts.AddRange(other.Texts);
        Vocabularies.AddRange(other.Vocabularies);
        (MinLength, MaxLength, MinItems, MaxItems) = (other.MinLength, other.MaxLength, other.MinItems, other.MaxItems);
        (MinProperties, MaxProperties) = (other.MinProperties, other.MaxProperties);
        (Minimum, Maximum, MultipleOf) = (other.Minimum, other.Maximum, other.MultipleOf);
        (ExclusiveMinimum, ExclusiveMaximum) = (other.ExclusiveMinimum, other.ExclusiveMaximum);
        (Required, Absent, Excluded, NotMultiplesOf) = (other.Required, other.Absent, other.Excluded, other.NotMultiplesOf);
        SomeItems = [.. other.SomeItems.Select(some => some with { Item = copy(some.Item) })];
        SomeProperties = [.. other.SomeProperties.Select(some => some with { Value = Some(some.Value) })];
        OtherProperty = other.OtherProperty;
        PrefixItems = [.. other.PrefixItems.Select(copy)];
        Properties = other.Properties?.Select(property => (property.Name, copy(property.Schema))).ToArray();
        PatternProperties = other.PatternProperties?.Select(pattern => (pattern.Names, copy(pattern.Schema))).ToArray();
        (Items, AdditionalProperties, PropertyNames) = (Some(other.Items), Some(other.AdditionalProperties), Some(other.PropertyNames));
        Unevaluated = Some(other.Unevaluated);
        (Reference, Not) = (Some(other.Reference), Some(other.Not));
        (If, Then, Else) = (Some(other.If), Some(other.Then), Some(other.Else));
        (AllOf, AnyOf, OneOf) = ([.. other.AllOf.Select(copy)], [.. other.AnyOf.Select(copy)], [.. other.OneOf.Select(copy)]);
        Dependents.AddRange(other.Dependents.Select(dependent => (dependent.Name, copy(dependent.Schema))));

        Schema? Some(Schema? schema) => schema is null ? null : copy(schema);
    }

    private Dictionary<string, Schema>? _byName;

    private Dictionary<string, Schema> ByName() =>
        (Properties ?? []).ToDictionary(property => property.Name, property => property.Schema, StringComparer.Ordinal);
}
