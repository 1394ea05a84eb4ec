using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Office;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

public sealed class WordNumberingTests
{
    [Fact]
    public void A_list_is_gone_through_once_for_a_level_however_many_paragraphs_have_its_numbers()
    {
        var numbering = Numbering("decimal");

        for (var paragraph = 1; paragraph <= 20_000; paragraph++)
        {
            Assert.Equal($"{paragraph}.", numbering.Label("1", 0));
            Assert.Equal(0, numbering.LevelOf("1", "Clause"));
            Assert.Null(numbering.LevelOf("1", "Other"));
        }

        Assert.InRange(numbering.Searches, 1, 40);
    }

    [Theory]
    [InlineData("ideographTraditional", "甲.", "丙.")]
    [InlineData("ideographZodiac", "子.", "寅.")]
    [InlineData("ordinal", "1st.", "3rd.")]
    [InlineData("notKnown", "1.", "3.")]
    public void Numbers_are_written_in_their_own_way(string format, string first, string third)
    {
        var numbering = Numbering(format);

        Assert.Equal(first, numbering.Label("1", 0));
        numbering.Label("1", 0);
        Assert.Equal(third, numbering.Label("1", 0));
    }

    private static WordNumbering Numbering(string format) => new(new XElement(
        "numbering",
        new XElement(
            "abstractNum",
            new XAttribute("abstractNumId", "7"),
            new XElement(
                "lvl",
                new XAttribute("ilvl", "0"),
                new XElement("pStyle", new XAttribute("val", "Clause")),
                new XElement("numFmt", new XAttribute("val", format)),
                new XElement("lvlText", new XAttribute("val", "%1.")))),
        new XElement("num", new XAttribute("numId", "1"), new XElement("abstractNumId", new XAttribute("val", "7")))));
}
