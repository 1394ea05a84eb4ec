using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Grounding;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Grounding;

/// <summary>Texts that lead to a wrong place: no place is surely wrong, and what is there in another form is found.</summary>
public sealed class AdversaryTests
{
    private const double Sure = 0.95;

    private const string Schema = """
        {"type":"object","properties":{"value":{"type":["string","number"]},"items":{"type":"array","items":{"type":"object",
        "properties":{"label":{"type":"string"},"amount":{"type":["string","number"]}}}}}}
        """;

    [Theory]
    // Within something longer, and for itself.
    [InlineData("In 2010 we paid 10 in all", "10", "10", 16)]
    [InlineData("Room A10, 100 guests, 10.5 m, 10 beds", "10", "10", 30)]
    [InlineData("Annual meeting: Joanna, Ann and Annette", "\"Ann\"", "Ann", 24)]
    [InlineData("Item 7 of 17, part 2.7, §7a, sum 7", "7", "7", -1)]
    [InlineData("Ref 4711-01, 4711-02, 4711", "\"4711\"", "4711", 22)]
    // Numbers as they are written elsewhere.
    [InlineData("Sum 1,234.50 EUR", "1234.5", "1,234.50 EUR", 4)]
    [InlineData("Summe 1.234,50 €", "1234.5", "1.234,50 €", 6)]
    [InlineData("Somme 1 234,50 €", "1234.5", "1 234,50 €", 6)]
    [InlineData("Summe 1'234.50 CHF", "1234.5", "1'234.50 CHF", 6)]
    [InlineData("合計 ¥1,234", "1234", "¥1,234", 3)]
    [InlineData("合計 ￥１，２３４－ です", "1234", "￥１，２３４－", 3)]
    [InlineData("資金 12万3千円", "123000", "12万3千円", 3)]
    [InlineData("損益 ▲1,234 円", "-1234", "▲1,234 円", 3)]
    [InlineData("損益 △1,234", "-1234", "△1,234", 3)]
    [InlineData("Loss (1,234.50)", "-1234.5", "(1,234.50)", 5)]
    [InlineData("Loss 1,234.50-", "-1234.5", "1,234.50-", 5)]
    [InlineData("Tax 19 % of it", "0.19", "19 %", 4)]
    [InlineData("Tax 19,5% of it", "19.5", "19,5%", 4)]
    [InlineData("A cable of 5m and a rod", "5", "5m", 11)]
    [InlineData("A budget of 5m in all", "5000000", "5m", 12)]
    // Dates.
    [InlineData("Due 2026-04-01, issued 1 March 2026", "\"2026-03-01\"", "1 March 2026", 23)]
    [InlineData("期限 令和8年11月28日", "\"2026-11-28\"", "令和8年11月28日", 3)]
    [InlineData("期限 Ｒ８．１１．２８ まで", "\"2026-11-28\"", "Ｒ８．１１．２８", 3)]
    [InlineData("改元 令和元年5月1日", "\"2019-05-01\"", "令和元年5月1日", 3)]
    [InlineData("Fällig am 28.11.2026", "\"2026-11-28\"", "28.11.2026", 10)]
    [InlineData("Am 28. November 2026 zahlbar", "\"2026-11-28\"", "28. November 2026", 3)]
    [InlineData("Due Nov 28, 2026", "\"2026-11-28\"", "Nov 28, 2026", 4)]
    [InlineData("Fällig am 28.11.2026", "2026", "2026", 16)]
    // Addresses and numbers that are broken.
    [InlineData("Mail: anna.adler@exam\nple.com or call", "\"anna.adler@example.com\"", "anna.adler@exam ple.com", 6)]
    [InlineData("Tel. ０３−１２３４−５６７８", "\"03-1234-5678\"", "０３−１２３４−５６７８", 5)]
    [InlineData("IBAN DE89 3704 0044 0532 0130 00", "\"DE89370400440532013000\"", "DE89 3704 0044 0532 0130 00", 5)]
    [InlineData("An inter-\nnational firm", "\"international\"", "inter- national", 3)]
    public void What_is_there_is_found_where_it_is(string text, string value, string matched, int at)
    {
        var place = Single(text, value);

        Assert.Equal(matched, place!.Matched);
        if (at >= 0)
        {
            var line = text[..at].Count(character => character == '\n');
            Assert.Equal((line + 1, at - (text[..at].LastIndexOf('\n') + 1)), (place.Lines![0].Line, place.Lines[0].Start));
        }
    }

    [Theory]
    [InlineData("In 2010 there were many", "10")]
    [InlineData("Room A10, 100 guests, 10.5 m", "10")]
    [InlineData("Version 1.2.3", "1.2")]
    [InlineData("At 10:30 we met", "10")]
    [InlineData("At 10:30 we met", "30")]
    [InlineData("Widget 2 100", "2100")]
    [InlineData("Annual meeting: Joanna and Annette", "\"Ann\"")]
    [InlineData("Ref 4711-01, 4711-02", "\"4711\"")]
    [InlineData("Due 03/04/26", "\"2026-04-03\"")]
    [InlineData("Due 28.11.2026", "28")]
    [InlineData("Due 28.11.2026", "11")]
    [InlineData("Due 28.11.2026", "\"28\"")]
    [InlineData("Loss (1,234.50)", "1234.5")]
    [InlineData("Pages 3-5", "-5")]
    [InlineData("Total 1234.56", "1234.5")]
    [InlineData("Total 1234.56", "234.56")]
    [InlineData("Order INV-10", "\"INV-1\"")]
    [InlineData("Tel. 030/1234567", "\"1234567\"")]
    [InlineData("Total 100\nand then: total 100", "100")]
    [InlineData("Net 0.19 19%", "0.19")]
    public void What_is_only_a_part_or_may_be_elsewhere_is_never_sure(string text, string value)
    {
        var place = Single(text, value);

        Assert.True(place is null || place.Score < Sure, $"'{place?.Matched}' has {place?.Score}.");
    }

    [Fact]
    public void A_total_is_not_the_subtotal()
    {
        var places = Amounts("""[{"label":"Total","amount":100},{"label":"Subtotal","amount":100}]""", "Subtotal 100\nTotal 100");

        Assert.Equal([2, 1], places.Select(place => place!.Lines![0].Line));
    }

    [Fact]
    public void A_value_within_its_own_label_is_the_one_beside_it()
    {
        var places = Amounts("""[{"label":"Room 12","amount":12}]""", "Room 12 costs 12 a night");

        Assert.Equal(14, Assert.Single(places)!.Lines![0].Start);
    }

    [Fact]
    public void Each_of_sixty_equal_values_has_the_place_of_its_row()
    {
        var rows = Enumerable.Range(0, 60).Select(row => $"Part {(char)('a' + (row / 8))}{(char)('a' + (row % 8))}x").ToList();
        var items = JsonSerializer.Serialize(rows.Select(row => new { label = row, amount = 1 }));

        var places = Amounts(items, string.Join('\n', rows.Select(row => $"{row} 1")));

        Assert.Equal(Enumerable.Range(1, 60), places.Select(place => place!.Lines![0].Line));
    }

    [Fact]
    public void One_of_too_many_equal_values_is_never_sure()
    {
        var place = Single(string.Join('\n', Enumerable.Repeat("Part 1", 500)), "1");

        Assert.InRange(place!.Score!.Value, 0, 0.949);
    }

    private static Citation? Single(string text, string value)
    {
        var grounded = Ground($$"""{"value":{{value}}}""", text);
        var field = Assert.Single(grounded.Fields);
        return field.Citations is [var index, ..] ? grounded.Citations[index] : null;
    }

    private static List<Citation?> Amounts(string items, string text)
    {
        var grounded = Ground($$"""{"items":{{items}}}""", text);
        return [.. grounded.Fields.Where(field => field.Pointer.EndsWith("amount", StringComparison.Ordinal))
            .Select(field => field.Citations is [var index, ..] ? grounded.Citations[index] : null)];
    }

    private static GroundedInsight Ground(string insight, string text) => FieldGrounding.Of(
        JsonDocument.Parse(insight).RootElement,
        new TaskQuestion("", JsonDocument.Parse(Schema).RootElement, []),
        new() { Segment = new() { Number = 0, Kind = SegmentKind.TextPart }, Text = text, Origin = new(1, 0, []) },
        []);
}
