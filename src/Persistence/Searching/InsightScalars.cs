using System.Text;
using System.Text.Json;

namespace Qwen35Batch.Persistence.Searching;

/// <summary>A text or number of an insight.</summary>
/// <param name="Place">Its JSON pointer.</param>
/// <param name="Name">The folded name of the property that it stands under; empty where there is none.</param>
/// <param name="Text">What it says; a number as it is written.</param>
internal sealed record InsightScalar(string Place, string Name, string Text);

/// <summary>The texts and numbers of an insight, in the order of the document.</summary>
internal static class InsightScalars
{
    public static IEnumerable<InsightScalar> Of(JsonElement insight) => Walk(insight, "", "");

    /// <summary>A property's name as the search knows it: <c>Unit-Price</c> is <c>unitprice</c>.</summary>
    public static string Folded(string name) => string.Concat(SearchText.Units(name).Select(unit => unit.Text));

    private static IEnumerable<InsightScalar> Walk(JsonElement value, string place, string name) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(
            member => Walk(member.Value, $"{place}/{Escaped(member.Name)}", Folded(member.Name))),
        JsonValueKind.Array => value.EnumerateArray().Index().SelectMany(item => Walk(item.Item, $"{place}/{item.Index}", name)),
        JsonValueKind.String => [new(place, name, value.GetString()!)],
        JsonValueKind.Number => [new(place, name, value.GetRawText())],
        _ => [],
    };

    private static string Escaped(string name) =>
        new StringBuilder(name).Replace("~", "~0").Replace("/", "~1").ToString();
}
