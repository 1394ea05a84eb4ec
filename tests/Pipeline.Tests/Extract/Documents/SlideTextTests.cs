using Qwen35Batch.Pipeline.Tests.Acquire;
using static Qwen35Batch.Pipeline.Tests.Extract.Documents.OfficeXml;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

public sealed class SlideTextTests : IDisposable
{
    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Charts_and_diagrams_of_a_slide_are_read_and_hidden_slides_are_marked()
    {
        var diagram = new Part(
            "diagramData",
            "ppt/diagrams/data1.xml",
            "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
            "<dgm:dataModel ☆><dgm:ptLst><dgm:pt modelId=\"1\"><dgm:t><a:p><a:r><a:t>Plan</a:t></a:r></a:p></dgm:t></dgm:pt>"
            + "<dgm:pt modelId=\"2\" "
            + "type=\"pres\"><dgm:t><a:p><a:r><a:t>again</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>");
        const string shapes =
            "<p:sp><p:txBody><a:p><a:r><a:t>10</a:t></a:r><a:r><a:rPr baseline=\"30000\"/><a:t>6</a:t></a:r></a:p></p:txBody></p:sp>"
            + "<p:graphicFrame><a:graphic><a:graphicData><c:chart r:id=\"x1\"/></a:graphicData></a:graphic></p:graphicFrame>"
            + "<p:graphicFrame><a:graphic><a:graphicData><dgm:relIds r:dm=\"x2\"/></a:graphicData></a:graphic></p:graphicFrame>"
            + "<p:pic><p:nvPicPr><p:nvPr><a:videoFile r:link=\"x9\"/></p:nvPr></p:nvPicPr></p:pic>";

        var part = Assert.Single(await _rig.ExtractAsync(Slide(_rig.Folder["a.pptx"], shapes, "show=\"0\"", Chart("ppt"), diagram)));

        Assert.Equal(
            "## Slide 1 (hidden)\n\n10^6\n\nChart (line): Rain\n\n|  | North | South |\n| --- | --- | --- |\n| May | 3 | 50% |\n| June | 4 "
                + "| 25% |\n\nDiagram:\n\n- Plan",
            part.Text);
        Assert.Contains("hidden slides", part.Note, StringComparison.Ordinal);
        Assert.Contains("1 embedded videos and sounds", part.Note, StringComparison.Ordinal);
        Assert.True(part.HasGaps);
    }

    [Fact]
    public async Task Fields_are_read_and_hidden_shapes_are_left_out_with_a_word()
    {
        const string shapes =
            "<p:sp><p:txBody><a:p><a:r><a:t>Page </a:t></a:r><a:fld type=\"slidenum\"><a:t>7</a:t></a:fld></a:p></p:txBody></p:sp>"
            + "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"x\" hidden=\"1\"/></p:nvSpPr><p:txBody><a:p><a:r><a:t>secret</a:t></a:r></a:p>"
            + "</p:txBody></p:sp>";

        var part = Assert.Single(await _rig.ExtractAsync(Slide(_rig.Folder["a.pptx"], shapes)));

        Assert.Equal("## Slide 1\n\nPage 7", part.Text);
        Assert.Contains("hidden shapes", part.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_numbers_of_paragraphs_are_counted_as_the_slide_shows_them()
    {
        static string Line(string properties, string words) => $"<a:p><a:pPr {properties}</a:pPr><a:r><a:t>{words}</a:t></a:r></a:p>";
        static string Numbered(string level, string number, string words) => Line($"lvl=\"{level}\"><a:buAutoNum {number}/>", words);
        var shapes = "<p:sp><p:txBody>" + Numbered("0", "type=\"arabicPeriod\" startAt=\"3\"", "three")
            + Numbered("1", "type=\"alphaLcParenR\"", "inner") + Numbered("1", "type=\"alphaLcParenR\"", "second")
            + Numbered("0", "type=\"arabicPeriod\" startAt=\"3\"", "four") + Numbered("1", "type=\"alphaLcParenR\"", "anew")
            + Line(">", "between") + Numbered("0", "type=\"romanUcParenBoth\"", "roman") + Line("><a:buChar char=\"x\"/>", "dot")
            + "</p:txBody></p:sp><p:sp><p:txBody>" + Numbered("0", "type=\"romanUcParenBoth\"", "other") + "</p:txBody></p:sp>";

        var part = Assert.Single(await _rig.ExtractAsync(Slide(_rig.Folder["a.pptx"], shapes)));

        Assert.Equal(
            "## Slide 1\n\n3. three\n\na) inner\n\nb) second\n\n4. four\n\na) anew\n\nbetween\n\n(I) roman\n\n- dot\n\n(I) other",
            part.Text);
    }

    [Fact]
    public async Task The_words_that_a_layout_puts_on_every_slide_are_read_once_and_its_prompts_are_not()
    {
        const string layout = "<p:sldLayout ☆><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>SECRET</a:t></a:r></a:p></p:txBody></p:sp>"
            + "<p:sp><p:nvSpPr><p:nvPr><p:ph type=\"title\"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>Click here</a:t></a:r></a:p>"
            + "</p:txBody></p:sp></p:spTree></p:cSld></p:sldLayout>";
        var part = new Part(
            "slideLayout",
            "ppt/slideLayouts/l1.xml",
            "application/vnd.openxmlformats-officedocument.presentationml.slideLayout+xml",
            layout);
        const string shape = "<p:sp><p:txBody><a:p><a:r><a:t>Own</a:t></a:r></a:p></p:txBody></p:sp>";

        var with = Assert.Single(await _rig.ExtractAsync(Slide(_rig.Folder["a.pptx"], shape, "", part)));
        var without = Assert.Single(await _rig.ExtractAsync(Slide(_rig.Folder["b.pptx"], shape, "showMasterSp=\"0\"", part)));

        Assert.Equal("## Slide 1\n\nOwn\n\n### On every slide of this layout\n\nSECRET", with.Text);
        Assert.Equal("## Slide 1\n\nOwn", without.Text);
    }

    [Theory]
    [InlineData(
        "a.dotx",
        "word/document.xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
        "<w:document ☆><w:body><w:p><w:r><w:t>words</w:t></w:r></w:p></w:body></w:document>")]
    [InlineData(
        "a.dotm",
        "word/document.xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
        "<w:document ☆><w:body><w:p><w:r><w:t>words</w:t></w:r></w:p></w:body></w:document>")]
    [InlineData(
        "a.ppsx",
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
        "<p:presentation ☆><p:sldIdLst><p:sldId id=\"256\" r:id=\"x1\"/></p:sldIdLst></p:presentation>")]
    [InlineData(
        "a.potx",
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
        "<p:presentation ☆><p:sldIdLst><p:sldId id=\"256\" r:id=\"x1\"/></p:sldIdLst></p:presentation>")]
    public async Task Templates_and_shows_are_read_like_documents(string name, string part, string contentType, string content)
    {
        var path = Package(
            _rig.Folder[name],
            new("officeDocument", part, contentType, content),
            [
                new(
                    "slide",
                    "ppt/slides/slide1.xml",
                    "application/vnd.openxmlformats-officedocument.presentationml.slide+xml",
                    "<p:sld ☆><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>words</a:t></a:r></a:p></p:txBody></p:sp></p:spTree>"
                        + "</p:cSld></p:sld>")
            ]);

        Assert.EndsWith("words", Assert.Single(await _rig.ExtractAsync(path)).Text, StringComparison.Ordinal);
    }
}
