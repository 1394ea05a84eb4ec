using Qwen35Batch.Schemas.Merging;

namespace Qwen35Batch.Schemas.Tests.Merging;

/// <summary>Each item is held to what all schemas ask at its place.</summary>
public class MergedArrayTests
{
    [Theory]
    [InlineData("""{"items":{"type":"string"}}""", new int[0], 1)]
    [InlineData("""{"prefixItems":[{},{}]},{"items":{"type":"string"}}""", new[] { 2, 2 }, 1)]
    [InlineData("""{"prefixItems":[{}],"items":{"type":"null"}},{"prefixItems":[{},{}]}""", new[] { 2, 2 }, 1)]
    public void An_item_has_the_schemas_of_its_place(string schemas, int[] prefix, int rest)
    {
        var array = Of(schemas);

        Assert.Equal(prefix, array.Prefix.Select(item => item.Schemas.Count));
        Assert.Equal(rest, array.Rest.Schemas.Count);
    }

    [Theory]
    [InlineData("""{"minItems":1},{"minItems":2,"maxItems":9},{"maxItems":5}""", 2, 5)]
    [InlineData("""{"prefixItems":[{},{}],"items":false}""", 0, 2)]
    [InlineData("""{"prefixItems":[{},false,{}]}""", 0, 1)]
    [InlineData("""{"items":false}""", 0, 0)]
    [InlineData("""{"prefixItems":[{}],"unevaluatedItems":false}""", 0, 1)]
    [InlineData("""{"items":{}}""", 0, null)]
    public void As_many_items_fit_as_all_schemas_allow(string schemas, int min, int? max)
    {
        var array = Of(schemas);

        Assert.Equal((min, max), (array.Min, array.Max));
        Assert.False(array.IsEmpty);
    }

    [Fact]
    public void One_schema_alone_makes_items_differ()
    {
        Assert.True(Of("""{},{"uniqueItems":true}""").IsUnique);
        Assert.False(Of("""{},{"uniqueItems":false}""").IsUnique);
    }

    [Theory]
    [InlineData("""{"minItems":3},{"maxItems":2}""")]
    [InlineData("""{"minItems":1,"items":false}""")]
    public void More_items_than_are_allowed_are_none(string schemas) => Assert.True(Of(schemas).IsEmpty);

    private static MergedArray Of(string schemas)
    {
        var merge = new Merge($$"""{"type":"array","allOf":[{{schemas}}]}""");
        return MergedArray.Of(merge.Only, merge.Merger);
    }
}
