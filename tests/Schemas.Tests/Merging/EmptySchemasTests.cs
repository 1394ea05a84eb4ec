namespace Qwen35Batch.Schemas.Tests.Merging;

/// <summary>Where nothing fits, type by type; where something may, it is never said that nothing does.</summary>
public class EmptySchemasTests
{
    [Theory]
    [InlineData("""{"type":"string","minLength":3,"maxLength":2}""", true)]
    [InlineData("""{"type":"string","pattern":"^a$","minLength":2}""", true)]
    [InlineData("""{"type":"string","pattern":"^a$","minLength":1}""", false)]
    [InlineData("""{"type":"number","minimum":3,"maximum":2}""", true)]
    [InlineData("""{"type":"number","exclusiveMinimum":2,"maximum":2}""", true)]
    [InlineData("""{"type":"number","exclusiveMinimum":2,"exclusiveMaximum":3}""", false)]
    [InlineData("""{"type":"integer","exclusiveMinimum":2,"exclusiveMaximum":3}""", true)]
    [InlineData("""{"type":"integer","minimum":2.1,"maximum":2.9}""", true)]
    [InlineData("""{"type":"integer","minimum":2.1,"maximum":3}""", false)]
    [InlineData("""{"type":"array","minItems":3,"maxItems":2}""", true)]
    [InlineData("""{"type":"array","minItems":1,"items":{"type":"string","minLength":2,"maxLength":1}}""", true)]
    [InlineData("""{"type":"array","items":{"type":"string","minLength":2,"maxLength":1}}""", false)]
    [InlineData("""{"type":"array","minItems":2,"prefixItems":[{},{"type":"integer","minimum":2,"maximum":1}]}""", true)]
    [InlineData("""{"type":"array","minItems":1,"prefixItems":[{},{"type":"integer","minimum":2,"maximum":1}]}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{},"c":{}},"minProperties":3,"maxProperties":2}""", true)]
    [InlineData("""{"type":"object","required":["a","b"],"maxProperties":1}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","minimum":2,"maximum":1}},"required":["a"]}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","minimum":2,"maximum":1}}}""", false)]
    [InlineData("""{"type":["string","null"],"minLength":3,"maxLength":2}""", false)]
    [InlineData("""{"type":["string","integer"],"minLength":3,"maxLength":2,"minimum":2,"maximum":1}""", true)]
    [InlineData("""{"enum":["a"],"maxLength":3}""", false)]
    public void A_schema_is_empty_where_certainly_nothing_fits(string schema, bool isEmpty)
    {
        var merge = new Merge(schema);

        Assert.Equal(isEmpty, merge.Merger.IsEmpty(merge.Only));
    }

    [Fact]
    public void A_schema_that_needs_itself_is_not_followed_without_end()
    {
        var merge = new Merge("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""");

        Assert.False(merge.Merger.IsEmpty(merge.Only));
    }
}
