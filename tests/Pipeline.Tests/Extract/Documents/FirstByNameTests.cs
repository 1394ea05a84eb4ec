using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

public sealed class FirstByNameTests
{
    [Fact]
    public void Items_are_gone_through_once_however_often_they_are_looked_up()
    {
        var gone = 0;
        var found = new FirstByName<string>(Items(), name => name, StringComparer.OrdinalIgnoreCase);

        for (var number = 0; number < 1_000; number++)
            Assert.Equal(number < 500, found.Find($"ITEM {number}") is not null);

        Assert.Equal(500, gone);

        IEnumerable<string> Items()
        {
            for (var number = 0; number < 500; number++)
            {
                gone++;
                yield return $"item {number}";
            }
        }
    }

    [Fact]
    public void The_first_item_of_a_name_is_found_and_no_name_finds_nothing()
    {
        var found = new FirstByName<string>(["a1", "A2", "b1"], item => item[..1], StringComparer.OrdinalIgnoreCase);

        Assert.Equal("a1", found.Find("A"));
        Assert.Null(found.Find(null));
    }
}
