using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Tests.Merging;

public class ConjunctionTests
{
    private static readonly Schema First = new(1, "#/a");
    private static readonly Schema Second = new(2, "#/b");
    private static readonly Schema Never = new(3, "#/c") { IsFalse = true };

    [Fact]
    public void The_same_schemas_are_the_same_in_any_order_and_number()
    {
        Assert.Equal(new Conjunction([First, Second]), new Conjunction([Second, First, Second]));
        Assert.Equal(new Conjunction([First, Second]).GetHashCode(), new Conjunction([Second, First]).GetHashCode());
        Assert.NotEqual(new Conjunction([First]), new Conjunction([First, Second]));
        Assert.NotEqual(new Conjunction([First]), new Conjunction([Second]));
    }

    [Fact]
    public void One_that_nothing_fits_makes_all_of_them_so()
    {
        Assert.True(new Conjunction([First, Never]).IsFalse);
        Assert.False(new Conjunction([First, Second]).IsFalse);
        Assert.False(Conjunction.Anything.IsFalse);
    }

    [Fact]
    public void It_points_to_the_first_of_them()
    {
        Assert.Equal("#/a", new Conjunction([Second, First]).Pointer);
        Assert.Equal("#", Conjunction.Anything.Pointer);
    }
}
