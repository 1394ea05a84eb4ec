using System.Text.Json;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Writing;

namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>
/// The ways to write an instance: as it stands, then with its members in the order of the schema and its numbers as a number is mostly
/// written, then in other orders. A grammar writes in one order; whoever reads an object sees none.
/// </summary>
internal sealed class InstanceForms
{
    private const int MostForms = 120;
    private const int MostPermuted = 4;

    // Longer ones are only put in the schema's order: in all orders they would be walked for hours.
    private const int LongestPermuted = 120;

    private readonly Dictionary<string, int> _ranks = new(StringComparer.Ordinal);

    public InstanceForms(JsonElement schema) => Rank(schema);

    public IEnumerable<string> Of(JsonElement data)
    {
        var written = JsonText.Write(data);
        var others = written.Length <= LongestPermuted ? All(data).Take(MostForms) : [];
        return new[] { written, Ordered(data) }.Concat(others).Distinct(StringComparer.Ordinal);
    }

    private void Rank(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                Rank(item);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                _ranks.TryAdd(member.Name, _ranks.Count);
                Rank(member.Value);
            }
        }
    }

    private int RankOf(JsonProperty member) => _ranks.GetValueOrDefault(member.Name, int.MaxValue);

    private string Ordered(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object =>
            $"{{{string.Join(',', value.EnumerateObject().OrderBy(RankOf).Select(member => Member(member.Name, Ordered(member.Value))))}}}",
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Ordered))}]",
        JsonValueKind.Number => Plain(value),
        _ => JsonText.Write(value),
    };

    private IEnumerable<string> All(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Orders([.. value.EnumerateObject().OrderBy(RankOf)])
            .SelectMany(members => Products([.. members.Select(member => All(member.Value).Select(text => Member(member.Name, text)))]))
            .Select(texts => $"{{{texts}}}"),
        JsonValueKind.Array => Products([.. value.EnumerateArray().Select(All)]).Select(texts => $"[{texts}]"),
        JsonValueKind.Number => new[] { Plain(value), value.GetRawText(), $"{Plain(value)}.0" }.Distinct(StringComparer.Ordinal),
        _ => [JsonText.Write(value)],
    };

    private static IEnumerable<IReadOnlyList<JsonProperty>> Orders(IReadOnlyList<JsonProperty> members)
    {
        if (members.Count is < 2 or > MostPermuted)
            return [members];
        return members.SelectMany((first, i) =>
            Orders([.. members.Where((_, at) => at != i)]).Select(others => (IReadOnlyList<JsonProperty>)[first, .. others]));
    }

    private static IEnumerable<string> Products(IReadOnlyList<IEnumerable<string>> parts) => parts.Count switch
    {
        0 => [""],
        1 => parts[0],
        _ => parts[0].SelectMany(first => Products([.. parts.Skip(1)]).Select(rest => $"{first},{rest}")),
    };

    private static string Plain(JsonElement number)
    {
        var exact = ExactDecimal.Parse(number.GetRawText());
        return exact.IsInteger ? new ExactDecimal(exact.Floor(0), 0).ToString() : exact.ToString();
    }

    private static string Member(string name, string value) => $"{JsonText.Quote(name)}:{value}";
}
