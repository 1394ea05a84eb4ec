using Qwen35Batch.Pipeline.Grounding.Reading;

namespace Qwen35Batch.Pipeline.Tests.Grounding.Reading;

public sealed class FoldingTests
{
    [Theory]
    [InlineData("ＡＢＣ　１２３", "abc123")]
    [InlineData("ﾄﾞｷｭﾒﾝﾄ", "ドキュメント")]
    [InlineData("か\u3099", "が")]
    [InlineData("⻝品", "食品")]
    [InlineData("⼀⼆", "一二")]
    [InlineData("オフィス―コーヒー", "オフィス-コ-ヒ-")]
    [InlineData("ofﬁce \u00ADﬂow", "officeflow")]
    [InlineData("Müller", "muller")]
    [InlineData("Mu\u0308ller", "muller")]
    [InlineData("A–B — C−D", "a-b-c-d")]
    [InlineData("“it’s”", "\"it's\"")]
    [InlineData("㍿ ㌔ ㋿", "株式会社キロ令和")]
    [InlineData("￥1\u200B2", "¥12")]
    [InlineData("︐", ",")]
    [InlineData("葛\uDB40\uDD00", "葛")]
    [InlineData("\uD800x", "x")]
    public void Text_that_looks_the_same_has_the_same_form(string text, string folded) => Assert.Equal(folded, Folding.Fold(text));

    [Fact]
    public void Each_piece_knows_the_characters_it_comes_from() => Assert.Equal(
        [("ガ", 0, 2), ("fi", 2, 3), ("x", 4, 5)],
        Folding.Pieces("ｶﾞﬁ X").ToList());

    [Theory]
    [InlineData("¥12,980", "12980")]
    [InlineData("12,980円", "12980")]
    [InlineData("▲1,234", "-1234")]
    [InlineData("△ 5", "-5")]
    [InlineData("(1,234.50)", "-1234.50")]
    [InlineData("12.50-", "-12.50")]
    [InlineData("−7", "-7")]
    [InlineData("1.234,56", "1234.56")]
    [InlineData("1,234,567.8", "1234567.8")]
    [InlineData("12 345 678", "12345678")]
    [InlineData("1'000.00", "1000.00")]
    [InlineData("3億2,500万円", "325000000")]
    [InlineData("1.5万", "15000")]
    [InlineData("$12 million", "12000000")]
    [InlineData("EUR 99", "99")]
    [InlineData("12,34,567", "1234567")]
    public void A_number_is_read_as_people_write_it(string text, string value) => Assert.Contains(
        decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture),
        NumberReading.Find(Spaced(text)).Where(number => !number.IsPart).SelectMany(number => number.Values));

    [Theory]
    [InlineData("2026-03-01")]
    [InlineData("2026年3月1日")]
    [InlineData("令和8年3月1日")]
    [InlineData("R8.3.1")]
    [InlineData("20260301")]
    [InlineData("1 March 2026")]
    [InlineData("1. März 2026")]
    [InlineData("1er mars 2026")]
    [InlineData("Mar 1, 2026")]
    [InlineData("1 Mar 26")]
    [InlineData("01.03.2026")]
    [InlineData("03/01/26")]
    [InlineData("2026 / 3 / 1")]
    public void A_date_is_read_in_the_forms_of_many_countries(string text) =>
        Assert.Contains(new DateOnly(2026, 3, 1), DateReading.Find(Spaced(text)).SelectMany(date => date.Dates));

    [Theory]
    [InlineData("13/01/2026 and 03/01/2026", 3)]
    [InlineData("01/13/2026 and 01/03/2026", 3)]
    public void Another_date_of_the_text_tells_the_order_of_day_and_month(string text, int day) => Assert.Equal(
        [new DateOnly(2026, 1, 13), new DateOnly(2026, 1, day)],
        DateReading.Find(Spaced(text)).Select(date => Assert.Single(date.Dates)));

    [Theory]
    [InlineData("平成31年4月30日", 2019)]
    [InlineData("令和元年5月1日", 2019)]
    [InlineData("昭和64年1月7日", 1989)]
    public void Japanese_eras_are_years(string text, int year) =>
        Assert.Equal(year, Assert.Single(Assert.Single(DateReading.Find(Spaced(text))).Dates).Year);

    [Theory]
    [InlineData("12 Market 2024")]
    [InlineData("31.02.2026")]
    [InlineData("2026-13-01")]
    public void What_is_no_date_is_none(string text) => Assert.Empty(DateReading.Find(Spaced(text)));

    private static string Spaced(string text) => string.Join(' ', text.Split(' ').Select(Folding.Fold));
}
