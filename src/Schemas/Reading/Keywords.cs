namespace Qwen35Batch.Schemas.Reading;

/// <summary>
/// The keywords that are understood, and what each puts into a <see cref="Schema"/>: the one place where a keyword is added. All others are
/// annotations, which JSON Schema says to ignore, but for those of <see cref="Undecided"/>.
/// </summary>
internal static class Keywords
{
    /// <summary>Keywords that change what is valid, and that an answer cannot be held to.</summary>
    public static IReadOnlyDictionary<string, string> Undecided { get; } = new Dictionary<string, string>
    {
        ["extends"] = "it is a keyword of an old draft; write allOf.",
        ["disallow"] = "it is a keyword of an old draft; write not.",
        ["divisibleBy"] = "it is a keyword of an old draft; write multipleOf.",
    };

    /// <summary>What is done with each keyword; in the order in which they are read.</summary>
    public static IReadOnlyDictionary<string, Action<KeywordValue>> All { get; } = new Dictionary<string, Action<KeywordValue>>
    {
        ["$schema"] = value => value.ReadDialect(),
        ["$ref"] = value => value.Schema.Reference = value.Reference(),
        ["$dynamicRef"] = value => value.Schema.AllOf = [.. value.Schema.AllOf, .. Some(value.DynamicReference())],
        ["$recursiveRef"] = value => value.Schema.AllOf = [.. value.Schema.AllOf, .. Some(value.DynamicReference())],
        ["type"] = value => value.Schema.Types = value.Types(),
        ["enum"] = value => value.Schema.Fixed.Add(value.List()),
        ["const"] = value => value.Schema.Fixed.Add([value.Fixed(value.Element, value.Pointer)]),

        ["minLength"] = value => value.Schema.MinLength = value.Least(),
        ["maxLength"] = value => value.Schema.MaxLength = value.Most(),
        ["pattern"] = value => value.Schema.Texts.AddRange(Some(value.Pattern())),
        ["format"] = value => value.Schema.Texts.AddRange(Some(value.Format())),
        ["x-vocabulary"] = value => value.Schema.Vocabularies.AddRange(Some(value.Vocabulary())),

        ["minimum"] = value => value.Schema.Minimum = value.Number(),
        ["maximum"] = value => value.Schema.Maximum = value.Number(),
        ["exclusiveMinimum"] = value => value.Schema.ExclusiveMinimum = value.Exclusive("minimum"),
        ["exclusiveMaximum"] = value => value.Schema.ExclusiveMaximum = value.Exclusive("maximum"),
        ["multipleOf"] = value => value.Schema.MultipleOf = value.Divisor(),

        ["prefixItems"] = value => value.Schema.PrefixItems = value.Schemas(mayBeEmpty: true),
        ["items"] = value => value.ReadItems(),
        ["additionalItems"] = value => value.ReadAdditionalItems(),
        ["minItems"] = value => value.Schema.MinItems = value.Least(),
        ["maxItems"] = value => value.Schema.MaxItems = value.Most(),
        ["uniqueItems"] = value => value.Schema.HasUniqueItems = value.Flag(),
        ["contains"] = value => value.ReadContains(),
        ["unevaluatedItems"] = value => value.ReadUnevaluatedItems(),

        ["properties"] = value => value.Schema.Properties = value.NamedSchemas(),
        ["patternProperties"] = value => value.Schema.PatternProperties = value.PatternSchemas(),
        ["additionalProperties"] = value => value.Schema.AdditionalProperties = value.Subschema(),
        ["propertyNames"] = value => value.Schema.PropertyNames = value.Subschema(),
        ["minProperties"] = value => value.Schema.MinProperties = value.Least(),
        ["maxProperties"] = value => value.Schema.MaxProperties = value.Most(),
        ["required"] = value => value.Schema.Required = value.Names(),
        ["dependentRequired"] = value => value.ReadDependents(),
        ["dependentSchemas"] = value => value.ReadDependents(),
        ["dependencies"] = value => value.ReadDependents(),
        ["unevaluatedProperties"] = value => value.ReadUnevaluatedProperties(),

        ["allOf"] = value => value.Schema.AllOf = [.. value.Schema.AllOf, .. value.Schemas()],
        ["anyOf"] = value => value.Schema.AnyOf = value.Schemas(),
        ["oneOf"] = value => value.Schema.OneOf = value.Schemas(),
        ["not"] = value => value.Schema.Not = value.Subschema(),
        ["if"] = value => value.Schema.If = value.Subschema(),
        ["then"] = value => value.Schema.Then = value.Subschema(),
        ["else"] = value => value.Schema.Else = value.Subschema(),
    };

    private static IEnumerable<T> Some<T>(T? value)
        where T : class => value is null ? [] : [value];
}
