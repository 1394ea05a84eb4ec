using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Vocabularies;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Vocabularies;

public class StoredNamesTests
{
    private static readonly Vocabulary List = Vocabulary.Create("suppliers", [new("7", "Meier", ["M&S"], "line 2")], isOpen: true);

    [Theory]
    [InlineData("/lines/1/by", "7")]
    [InlineData("/lines/2/by", "7")]
    [InlineData("/lines/0/by", null)]
    [InlineData("/lines/9/by", null)]
    [InlineData("/a~1b", "7")]
    [InlineData("/lines", null)]
    [InlineData("/gone", null)]
    public void The_text_at_the_place_gets_the_key_of_the_list_as_it_is(string field, string? key)
    {
        var insight = JsonSerializer.SerializeToElement(new Dictionary<string, object>
        {
            ["lines"] = new[] { new { by = "Huber" }, new { by = "M&S" }, new { by = "MEIER" } },
            ["a/b"] = "Meier",
        });

        var linked = StoredNames.Link(insight, new LinkedName(field, "suppliers", null, "old"), List);

        Assert.Equal(key is null ? null : new LinkedName(field, "suppliers", key, List.Hash), linked);
    }
}
