using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>What schemas together ask of an object.</summary>
/// <param name="Properties">Those with a name, in the order of the schemas.</param>
/// <param name="Others">Properties with other names: which, and their schemas; null where it is every name that is not known.</param>
/// <param name="Known">The names that are no others: those of the properties, and those that are not allowed.</param>
/// <param name="Min">The properties that are needed.</param>
/// <param name="Max">The properties that are allowed, or null.</param>
internal sealed record MergedObject(
    IReadOnlyList<(string Name, bool IsRequired, Conjunction Value)> Properties,
    IReadOnlyList<(PatternAutomaton? Names, Conjunction Value)> Others, IReadOnlyCollection<string> Known, int Min, int? Max)
{
    private const int MaxPatterns = 24;

    // What it takes to find what one schema says of one name, against what it takes to look at a schema.
    private const long NameWork = 6;

    /// <summary>
    /// Properties with other names that have to be there, each with the names that it may have and their schemas; no name is one of two of
    /// them. Null where one cannot be there.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<(PatternAutomaton Names, Conjunction Value)>>? Needed { get; private init; } = [];

    /// <summary>Whether names that are not listed have to differ: one that is written twice is one property to whoever reads it.</summary>
    public bool HasDifferentNames => Others.Count > 0 && Min - Properties.Count(property => property.IsRequired) > 1;

    /// <summary>A required property that no schema allows, or null.</summary>
    public string? Impossible => Properties.FirstOrDefault(property => property.IsRequired && property.Value.IsFalse).Name;

    /// <param name="value">The schemas.</param>
    /// <param name="merger">Tells what the schemas of names ask.</param>
    public static MergedObject Of(MergedValue value, SchemaMerger merger)
    {
        var members = value.Members;
        var required = members.SelectMany(member => member.Required).ToHashSet(StringComparer.Ordinal);
        var absent = members.SelectMany(member => member.Absent).ToHashSet(StringComparer.Ordinal);
        var names = NamesOf(members).ToArray();
        var speaking = members.Where(SaidProperties.Speaks).ToArray();
        var ruling = members.Select(member => member.PropertyNames).OfType<Schema>().ToArray();
        var closing = members.Where(member => member.IsClosedHere).ToArray();
        merger.Spend(NameWork * names.Length * (speaking.Length + ruling.Length + closing.Length + 1), value.Pointer);
        var said = new SaidProperties([.. members.Where(member => !member.IsDerived)]);
        var properties = new List<(string, bool, Conjunction)>();
        foreach (var name in names)
        {
            var schemas = speaking.SelectMany(member => SaidProperties.SchemasOf(member, name)).ToList();
            var isAllowed = !absent.Contains(name)
                && Array.TrueForAll(ruling, rule => SchemaValidator.Fits(rule, JsonSerializer.SerializeToElement(name)))
                && said.Allow(name);
            if (closing.Length > 0)
                schemas.AddRange(Rest(members, member => SaidProperties.SchemasOf(member, name).Any(), merger));
            var conjunction = new Conjunction(isAllowed ? schemas : [.. schemas, merger.Nothing]);
            if (required.Contains(name) || !conjunction.IsFalse)
                properties.Add((name, required.Contains(name), conjunction));
        }
        var needed = members.Select(member => member.OtherProperty).OfType<SomeProperty>().Distinct().ToArray();
        var parts = members.Any(member => SaidProperties.OnlyNamesOf(member) is not null)
            ? []
            : OtherNames(value, merger, [.. names, .. absent], !said.AreNamed, [.. needed.Select(some => some.Names)]);
        var min = members.Max(member => member.MinProperties) ?? 0;
        return new MergedObject(
            properties,
            [.. parts.Select(part => (part.Names, part.Value))],
            [.. names, .. absent],
            min,
            members.Min(member => member.MaxProperties))
        {
            Needed = NeededOthers.Find(needed, parts, merger),
        };
    }

    /// <summary>The names that the schemas of an object list.</summary>
    public static IEnumerable<string> NamesOf(IReadOnlyList<Schema> members) => Named(members)
        .Concat(members.SelectMany(member => member.Required))
        .Concat(FixedNames(members))
        .Distinct(StringComparer.Ordinal);

    /// <summary>Whether a property of a name can be written.</summary>
    public bool Allows(string name) =>
        Properties.Any(property => property.Name == name ? !property.Value.IsFalse : false)
        || (Properties.All(property => property.Name != name)
            && !Known.Contains(name)
            && Others.Any(other => other.Names?.Fits(name) != false));

    private static IEnumerable<string> Named(IReadOnlyList<Schema> members) =>
        members.SelectMany(member => member.Properties ?? []).Select(property => property.Name);

    /// <summary>What a property has to fit for those schemas that look at it neither themselves nor by what they apply.</summary>
    private static IEnumerable<Schema> Rest(IReadOnlyList<Schema> members, Func<Schema, bool> looks, SchemaMerger merger) => members
        .Where(closed => closed.IsClosedHere && !closed.WithApplied().Any(part => looks(part) && members.Contains(part)))
        .Select(closed => closed.Unevaluated ?? merger.Nothing);

    /// <summary>The only names, where the schemas of names list them.</summary>
    private static IEnumerable<string> FixedNames(IReadOnlyList<Schema> members) =>
        members.SelectMany(member => SaidProperties.OnlyNamesOf(member) ?? []);

    private static IReadOnlyList<(PatternAutomaton? Names, Conjunction Value, IReadOnlyList<PatternAutomaton> Fitted)> OtherNames(
        MergedValue value, SchemaMerger merger, string[] known, bool isOpen, IReadOnlyList<PatternAutomaton> needed)
    {
        var members = value.Members;
        var patterns = members.SelectMany(member => member.PatternProperties ?? []).Select(pattern => pattern.Names).Distinct().ToArray();
        // What only follows from others says no names.
        if (!isOpen && members.All(member => member
            is { IsDerived: true }
            or { PatternProperties: null or { Count: 0 }, AdditionalProperties: null or { IsFalse: true }, Unevaluated: null }))
        {
            return [];
        }

        if (members.Any(member => member.AdditionalProperties is { IsFalse: true } && member.PatternProperties is not { Count: > 0 }))
            return [];
        if (patterns.Length > MaxPatterns)
        {
            throw new UnsupportedSchemaException(
                $"{value.Pointer}/patternProperties", $"more than {MaxPatterns} patterns of names are not supported.");
        }

        if (patterns.Length == 0 && needed.Count == 0 && members.All(member => member.PropertyNames is null))
        {
            var additional = new Conjunction(
                members.Select(member => member.AdditionalProperties).OfType<Schema>()
                    .Concat(Rest(members, member => member.AdditionalProperties is not null, merger)));
            return additional.IsFalse ? [] : [(null, additional, [])];
        }

        PatternAutomaton? names = PatternAutomaton.Anything;
        if (known.Length > 0 && PatternAutomaton.Words(known, value.Pointer) is { } words)
            names = names.Except(words, value.Pointer);
        foreach (var rule in members.Select(member => member.PropertyNames).OfType<Schema>())
            names = merger.TextsOf(rule) is { } texts ? names?.And(texts, value.Pointer) : null;
        if (names is null)
            return [];

        // What fits the same patterns has the same schemas.
        var parts = names.Part([.. patterns.Union(needed)], fitted => ValuesOf(fitted) is not null, value.Pointer);
        return [.. parts.Select(part => (part.Texts, ValuesOf(part.Fitted)!, part.Fitted))];

        Conjunction? ValuesOf(IReadOnlyCollection<PatternAutomaton> fitted)
        {
            var schemas = new List<Schema>();
            var isSaid = isOpen;
            foreach (var member in members)
            {
                var matching = (member.PatternProperties ?? [])
                    .Where(pattern => fitted.Contains(pattern.Names))
                    .Select(pattern => pattern.Schema)
                    .ToArray();
                isSaid |= !member.IsDerived && (matching.Length > 0 || (member.AdditionalProperties ?? member.Unevaluated) is not null);
                schemas.AddRange(matching.Length > 0 ? matching : member.AdditionalProperties is { } rest ? [rest] : []);
            }
            schemas.AddRange(Rest(
                members,
                member => member.AdditionalProperties is not null
                    || (member.PatternProperties ?? []).Any(pattern => fitted.Contains(pattern.Names)),
                merger));
            return isSaid && new Conjunction(schemas) is { IsFalse: false } all ? all : null;
        }
    }
}
