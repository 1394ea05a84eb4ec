using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using System.Text.RegularExpressions;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Thousands of answers by random models, each checked by something that knows nothing of the grammar.</summary>
public class KeywordProofTests
{
    private const int Answers = 1000;

    private static readonly GrammarCompiler Compiler = new(Vocabularies.TinyMoe);

    [Theory]
    [InlineData("^(INV|CR)-\\d{4,6}$")]
    [InlineData("[aeiou]{2}")]
    [InlineData("^[A-Z][a-z ]{0,20}[.!?]$")]
    [InlineData("^(\\+81|0)[\\d-]{8,12}$")]
    [InlineData("x.z|^$")]
    [InlineData("^[^\\x00-\\x7f]{1,4}$")]
    [InlineData("^\"[\\\\/]\\n?\\t*\"$")]
    public void Every_text_fits_its_pattern(string pattern)
    {
        var reference = new Regex(pattern.Replace("$", "\\z", StringComparison.Ordinal), RegexOptions.ECMAScript);

        // .NET counts UTF-16 units where JSON Schema counts code points: for it, characters of two units become one of one.
        Prove($$"""{"type":"string","pattern":{{JsonSerializer.Serialize(pattern)}}}""", value =>
            reference.IsMatch(string.Concat(value.GetString()!.EnumerateRunes().Select(rune => rune.IsBmp ? rune.ToString() : "\u4e00"))));
    }

    [Fact]
    public void Every_bounded_text_fits_pattern_and_length() =>
        Prove("""{"type":"string","pattern":"[0-9]","minLength":3,"maxLength":7}""", value =>
            value.GetString()! is var text && text.Any(char.IsAsciiDigit) && text.EnumerateRunes().Count() is >= 3 and <= 7);

    [Fact]
    public void Every_date_is_in_the_calendar() =>
        Prove("""{"type":"string","format":"date"}""", value =>
            DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));

    [Fact]
    public void Every_time_is_one_of_RFC_3339() =>
        Prove("""{"type":"string","format":"date-time"}""", value =>
        {
            var parts = Regex.Match(value.GetString()!, "^(.{10})T(.{8})(\\.[0-9]+)?(Z|[+-].{5})$");
            return parts.Success
                && DateOnly.TryParseExact(parts.Groups[1].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
                && TimeOnly.TryParseExact(
                    parts.Groups[2].Value.Replace(":60", ":59", StringComparison.Ordinal),
                    "HH:mm:ss",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out _)
                && (parts.Groups[4].Value == "Z"
                    || TimeSpan.ParseExact(parts.Groups[4].Value[1..], "hh\\:mm", CultureInfo.InvariantCulture) <= TimeSpan.FromHours(14));
        });

    [Fact]
    public void Every_address_is_one_to_another_parser() =>
        Prove(
            """{"type":"string","format":"email"}""",
            value => MailAddress.TryCreate(value.GetString(), out var address) && address.Address == value.GetString());

    [Fact]
    public void Every_UUID_is_one_to_another_parser() =>
        Prove("""{"type":"string","format":"uuid"}""", value => value.TryGetGuid(out _));

    [Theory]
    [InlineData(1, -5, 5)]
    [InlineData(2, 0, 10)]
    [InlineData(7, -100, 1000)]
    [InlineData(15, 0, 1440)]
    [InlineData(250, -999_999, 10_000_000)]
    [InlineData(997, 900, 1_000_000)]
    public void Every_integer_is_a_multiple_within_the_bounds(int divisor, int low, int high) =>
        Prove($$"""{"type":"integer","multipleOf":{{divisor}},"minimum":{{low}},"maximum":{{high}}}""", value =>
            value.GetInt64() is var number && number % divisor == 0 && number >= low && number <= high);

    [Theory]
    [InlineData(7, -30, 30)]
    [InlineData(15, 10, 100)]
    [InlineData(1000, -5000, 0)]
    [InlineData(2500, -20_000, 30_000)]
    [InlineData(4096, -9000, 50_000)]
    [InlineData(48, 100, 2_000)]
    public void Exactly_the_multiples_can_be_written(int divisor, int low, int high)
    {
        var number = NumberAutomaton.Build(NumberRange.Integers(low, high).By(divisor, [])!)!;
        for (var value = low - 2000; value <= high + 2000; value++)
        {
            var state = value.ToString(CultureInfo.InvariantCulture)
                .Aggregate(0L, (at, digit) => at < 0 ? at : number.Step(at, (byte)digit));
            Assert.Equal(value >= low && value <= high && value % divisor == 0, state >= 0 && number.Exit(state) >= 0);
        }
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    [InlineData(4096)]
    [InlineData(7919)]
    [InlineData(123_457)]
    public void Every_integer_is_a_multiple_of_a_large_divisor(int divisor) =>
        Prove($$"""{"type":"integer","multipleOf":{{divisor}}}""", value => value.GetInt64() % divisor == 0);

    [Fact]
    public void Every_number_is_no_multiple_of_several_large_ones() =>
        Prove(
            """{"type":"number","minimum":0,"allOf":[{"not":{"multipleOf":3331}},{"not":{"multipleOf":3333}},{"not":{"multipleOf":13}}]}""",
            value => value.GetDecimal() is >= 0 and var number && number % 3331 != 0 && number % 3333 != 0 && number % 13 != 0);

    [Fact]
    public void Every_value_fits_exactly_one_alternative() =>
        Prove(
            """{"oneOf":[{"type":"integer","maximum":9},{"type":"integer","minimum":10,"multipleOf":5},{"type":"boolean"},"""
                + """{"type":"string","pattern":"^[a-f]{2}$"},{"const":"none"},{"type":"object","properties":{"t":{"const":"""
                + """1}},"required":["t"],"additionalProperties":false},{"type":"object","properties":{"t":{"const":2},"n":"""
                + """{"type":"null"}},"required":["t"],"additionalProperties":false}]}""",
            value =>
                1 == ((bool[])
                [
                    value.ValueKind == JsonValueKind.Number && value.GetInt64() <= 9,
                    value.ValueKind == JsonValueKind.Number && value.GetInt64() >= 10 && value.GetInt64() % 5 == 0,
                    value.ValueKind is JsonValueKind.True or JsonValueKind.False,
                    value.ValueKind == JsonValueKind.String && Regex.IsMatch(value.GetString()!, "^[a-f]{2}\\z"),
                    value.ValueKind == JsonValueKind.String && value.GetString() == "none",
                    value.ValueKind == JsonValueKind.Object && value.GetRawText() == """{"t":1}""",
                    value.ValueKind == JsonValueKind.Object && value.GetRawText() is """{"t":2}""" or """{"t":2,"n":null}""",
                ]).Count(fits => fits));

    private static void Prove(string schema, Func<JsonElement, bool> fits)
    {
        var grammar = Compiler.Compile(SchemaCases.Parse(schema));
        for (var seed = 0; seed < Answers; seed++)
        {
            var (text, isComplete) = RandomModel.Write(grammar, Vocabularies.TinyMoe, grammar.ShortestCompletion + (seed % 40), seed);
            using var parsed = JsonDocument.Parse(text);
            Assert.True(isComplete && fits(parsed.RootElement), $"seed {seed}: {parsed.RootElement.GetRawText()}");
        }
    }
}
