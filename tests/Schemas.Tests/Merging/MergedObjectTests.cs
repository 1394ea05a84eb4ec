using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Merging;

namespace Qwen35Batch.Schemas.Tests.Merging;

/// <summary>Which properties there may be, and what each is held to.</summary>
public class MergedObjectTests
{
    [Theory]
    [InlineData("""{"properties":{"a":{},"b":{}},"required":["b"]}""", "a,b!")]
    [InlineData("""{"properties":{"b":{}}},{"properties":{"a":{},"b":{}},"required":["a"]}""", "b,a!")]
    [InlineData("""{"required":["c"]}""", "c!")]
    [InlineData("""{"propertyNames":{"enum":["x","y"]}}""", "x,y")]
    [InlineData("""{"properties":{"a":{},"b":{}}},{"propertyNames":{"maxLength":1,"pattern":"a"}}""", "a")]
    [InlineData("""{"properties":{"a":{},"b":{}}},{"not":{"required":["b"]}}""", "a")]
    [InlineData("""{"properties":{"a":{},"b":false}}""", "a")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false},{"properties":{"b":{}}}""", "a")]
    public void Properties_have_the_names_that_all_schemas_allow(string schemas, string names)
    {
        var (merged, _) = Of(schemas);

        Assert.Equal(names, string.Join(',', merged.Properties.Select(property => property.Name + (property.IsRequired ? "!" : ""))));
    }

    [Theory]
    [InlineData("""{"properties":{"a":{}}},{"properties":{"a":{"type":"null"}}}""", 2)]
    [InlineData("""{"properties":{"a":{}},"patternProperties":{"^a":{}}}""", 2)]
    [InlineData("""{"properties":{"a":{}}},{"additionalProperties":{"type":"null"}}""", 2)]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":{"type":"null"}}""", 1)]
    public void A_property_is_held_to_all_that_name_it(string schemas, int count)
    {
        var (merged, _) = Of(schemas);

        Assert.Equal(count, Assert.Single(merged.Properties).Value.Schemas.Count);
    }

    [Theory]
    [InlineData("""{"additionalProperties":true}""", "a=1,zz=1")]
    [InlineData("""{"properties":{"a":{}}}""", "a=0,b=0")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":{}}""", "a=0,b=1")]
    [InlineData("""{"patternProperties":{"^x":{}}}""", "x=1,y=0")]
    [InlineData("""{"patternProperties":{"^x":{},"y$":{}},"additionalProperties":{}}""", "xy=2,x=1,y=1,z=1")]
    [InlineData("""{"patternProperties":{"^x":{},"y$":{}},"additionalProperties":false}""", "xy=2,x=1,y=1,z=0")]
    [InlineData("""{"patternProperties":{"^x":{},"y$":false},"additionalProperties":{}}""", "xy=0,x=1,y=0,z=1")]
    [InlineData("""{"patternProperties":{"^x":{}},"additionalProperties":{}},{"patternProperties":{"x$":{}},"additionalProperties":{}}""",
        "x=2,xa=2,ax=2,a=2")]
    [InlineData("""{"patternProperties":{"^x":{}},"additionalProperties":{}},{"propertyNames":{"maxLength":2}}""", "xa=1,xaa=0,b=1")]
    public void Other_names_are_held_to_the_patterns_that_they_fit(string schemas, string names)
    {
        var (merged, _) = Of(schemas);
        foreach (var (name, count) in names.Split(',').Select(entry => entry.Split('=')).Select(entry => (entry[0], int.Parse(entry[1]))))
        {
            var fitting = merged.Known.Contains(name) ? [] : merged.Others.Where(other => other.Names?.Fits(name) != false).ToArray();
            Assert.Equal(count == 0 ? 0 : 1, fitting.Length);
            Assert.Equal(count, fitting.Sum(other => other.Value.Schemas.Count));
        }
    }

    [Fact]
    public void Parts_of_the_other_names_have_the_same_steps()
    {
        var (merged, _) = Of("""{"patternProperties":{"a":{},"b":{},"c":{}},"additionalProperties":{"type":"null"}}""");

        Assert.Equal(8, merged.Others.Count);
        Assert.Single(merged.Others.Select(other => other.Names!.Steps).Distinct());
    }

    [Theory]
    [InlineData("""{"properties":{"a":false},"required":["a"]}""", "a")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false},{"required":["b"]}""", "b")]
    [InlineData("""{"properties":{"a":{}},"required":["a"]}""", null)]
    public void A_required_property_that_is_not_allowed_is_named(string schemas, string? name) =>
        Assert.Equal(name, Of(schemas).Merged.Impossible);

    [Theory]
    [InlineData("""{"minProperties":1,"maxProperties":5},{"maxProperties":4}""", 1, 4)]
    [InlineData("""{"properties":{"a":{},"b":{},"c":{}},"minProperties":3}""", 3, null)]
    public void The_tightest_counts_hold(string schemas, int min, int? max)
    {
        var (merged, _) = Of(schemas);

        Assert.Equal((min, max), (merged.Min, merged.Max));
    }

    [Theory]
    [InlineData("""{"additionalProperties":{},"minProperties":2}""", true)]
    [InlineData("""{"additionalProperties":{},"minProperties":2,"required":["a"]}""", false)]
    [InlineData("""{"properties":{"a":{},"b":{}},"additionalProperties":false,"minProperties":2}""", false)]
    public void Names_that_are_not_listed_differ_where_several_are_needed(string schemas, bool differ) =>
        Assert.Equal(differ, Of(schemas).Merged.HasDifferentNames);

    [Fact]
    public void What_cannot_be_written_is_refused_by_its_pointer()
    {
        var patterns = string.Join(',', Enumerable.Range(1, 25).Select(i => $"\"{i}\":{{}}"));
        var refused = Assert.Throws<UnsupportedSchemaException>(() => Of($$"""{"patternProperties":{ {{patterns}} } }"""));

        Assert.EndsWith("/patternProperties", refused.JsonPointer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"properties":{"a":{},"b":false},"additionalProperties":{}}""", "a,c", "b")]
    [InlineData("""{"properties":{"a":{}}}""", "a", "c")]
    [InlineData("""{"patternProperties":{"^x":{}}}""", "x1", "c")]
    public void A_name_is_allowed_where_it_can_be_written(string schemas, string allowed, string other)
    {
        var (merged, _) = Of(schemas);

        Assert.All(allowed.Split(','), name => Assert.True(merged.Allows(name)));
        Assert.False(merged.Allows(other));
    }

    private static (MergedObject Merged, SchemaMerger Merger) Of(string schemas)
    {
        var merge = new Merge($$"""{"type":"object","allOf":[{{schemas}}]}""");
        return (MergedObject.Of(merge.Only, merge.Merger), merge.Merger);
    }
}
