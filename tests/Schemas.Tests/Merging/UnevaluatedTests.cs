using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Schemas.Tests.Merging;

/// <summary><c>unevaluatedItems</c> knows of the schemas within its own, and of no others.</summary>
public class UnevaluatedTests
{
    [Theory]
    [InlineData("""{"allOf":[{"anyOf":[{}],"unevaluatedItems":false},{"items":{"type":"string"}}]}""")]
    [InlineData("""{"prefixItems":[{}],"allOf":[{"anyOf":[{}],"unevaluatedItems":false}]}""")]
    public void Items_that_it_does_not_know_of_are_refused(string schema)
    {
        var refused = Assert.Throws<UnsupportedSchemaException>(() => new Merge(schema).Alternatives);

        Assert.Contains("unevaluatedItems", refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("#/allOf/0", refused.JsonPointer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"allOf":[{"prefixItems":[{}]}],"unevaluatedItems":false}""")]
    [InlineData("""{"minItems":1,"allOf":[{"anyOf":[{}],"unevaluatedItems":false}]}""")]
    public void Others_are_taken(string schema) => Assert.NotEmpty(new Merge(schema).Alternatives);
}
