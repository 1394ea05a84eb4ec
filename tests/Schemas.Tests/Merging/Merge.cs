using System.Text.Json;
using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Validation;

namespace Qwen35Batch.Schemas.Tests.Merging;

/// <summary>A schema whose alternatives are asked for.</summary>
internal sealed class Merge
{
    public Merge(string schema)
    {
        var read = JsonSchema.Read(Parse(schema)).Checked();
        Merger = new SchemaMerger(read.Root, read.Count);
        Root = new Conjunction([read.Root]);
    }

    public SchemaMerger Merger { get; }

    public Conjunction Root { get; }

    public IReadOnlyList<MergedValue> Alternatives => Merger.Alternatives(Root);

    public MergedValue Only => Assert.Single(Alternatives);

    public static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    /// <summary>Whether a value fits one of the alternatives.</summary>
    public bool Fits(JsonElement value) => Alternatives.Any(alternative => Fits(alternative, value));

    private static bool Fits(MergedValue alternative, JsonElement value) => (JsonValues.TypeOf(value) & alternative.Types) != 0
        && (alternative.Fixed is null || JsonValues.IsAmong(alternative.Fixed, value))
        && alternative.Members.All(member => SchemaValidator.FitsItself(member, value));
}
