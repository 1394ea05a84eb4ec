using System.IO.Compression;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using NetVips;
using A = DocumentFormat.OpenXml.Drawing;
using D = DocumentFormat.OpenXml.Drawing.Wordprocessing;
using P = DocumentFormat.OpenXml.Presentation;
using S = DocumentFormat.OpenXml.Spreadsheet;
using W = DocumentFormat.OpenXml.Wordprocessing;

namespace Qwen35Batch.Pipeline.Tests.Extract;

/// <summary>Makes office documents for tests.</summary>
internal static class OfficeFiles
{
    /// <summary>A green PNG.</summary>
    public static byte[] Png(int width = 40, int height = 20)
    {
        using var image = Image.Black(width, height).NewFromImage(0, 255, 0).Copy(interpretation: Enums.Interpretation.Srgb);
        return image.PngsaveBuffer();
    }

    /// <summary>A heading, a paragraph, a list, a table, an embedded and an external picture, a footnote and a comment.</summary>
    public static string Docx(string path, string externalPicture, byte[]? picture = null)
    {
        using var document = WordprocessingDocument.Create(path, WordprocessingDocumentType.Document);
        var main = document.AddMainDocumentPart();
        main.AddNewPart<StyleDefinitionsPart>().Styles = new(
            new W.Style(new W.StyleName { Val = "heading 2" }) { StyleId = "berschrift2", Type = W.StyleValues.Paragraph });
        var image = main.AddImagePart(ImagePartType.Png);
        using (var content = new MemoryStream(picture ?? Png()))
            image.FeedData(content);
        main.AddExternalRelationship(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image", new(externalPicture), "external");
        main.AddNewPart<FootnotesPart>().Footnotes = new(new W.Footnote(Paragraph("A footnote")) { Id = 1 });
        main.AddNewPart<WordprocessingCommentsPart>().Comments = new(new W.Comment(Paragraph("Check this")) { Id = "1", Author = "Ada" });
        main.Document = new(new W.Body(
            new W.Paragraph(new W.ParagraphProperties(new W.ParagraphStyleId { Val = "berschrift2" }), new W.Run(new W.Text("Results"))),
            Paragraph("Sales rose"),
            new W.Paragraph(
                new W.ParagraphProperties(new W.NumberingProperties(new W.NumberingLevelReference { Val = 0 })),
                new W.Run(new W.Text("first item"))),
            new W.Table(Row("Month", "Total"), Row("May", "1|2")),
            new W.Paragraph(new W.Run(new W.Text("Before "), new W.Drawing(Blip(main.GetIdOfPart(image))), new W.Text(" after"))),
            new W.Paragraph(new W.Run(new W.Drawing(Blip("external")))),
            Paragraph("会議の終わり")));
        return path;
    }

    /// <summary>Two slides; the second has a picture and notes.</summary>
    public static string Pptx(string path)
    {
        using var document = PresentationDocument.Create(path, PresentationDocumentType.Presentation);
        var main = document.AddPresentationPart();
        main.Presentation = new(new P.SlideIdList());
        var number = 256u;
        foreach (var title in new[] { "Welcome", "Numbers" })
        {
            var slide = main.AddNewPart<SlidePart>();
            slide.Slide = new(new P.CommonSlideData(new P.ShapeTree(Shape(title))));
            if (title == "Numbers")
            {
                var image = slide.AddImagePart(ImagePartType.Png);
                using (var content = new MemoryStream(Png()))
                    image.FeedData(content);
                slide.Slide.CommonSlideData!.ShapeTree!.AppendChild(
                    new P.Picture(new P.BlipFill(new A.Blip { Embed = slide.GetIdOfPart(image) })));
                slide.AddNewPart<NotesSlidePart>().NotesSlide = new(new P.CommonSlideData(new P.ShapeTree(Shape("Say thanks"))));
            }

            main.Presentation.SlideIdList!.AppendChild(new P.SlideId { Id = number++, RelationshipId = main.GetIdOfPart(slide) });
        }

        return path;
    }

    /// <summary>A sheet with a shared string, an inline string, a number, a date, and rows of numbers.</summary>
    public static string Xlsx(string path, int rows)
    {
        using var document = SpreadsheetDocument.Create(path, SpreadsheetDocumentType.Workbook);
        var main = document.AddWorkbookPart();
        main.AddNewPart<SharedStringTablePart>().SharedStringTable = new(new S.SharedStringItem(new S.Text("Item")));
        main.AddNewPart<WorkbookStylesPart>().Stylesheet = new(
            new S.NumberingFormats(new S.NumberingFormat { NumberFormatId = 170, FormatCode = "yyyy\"年\"m\"月\"d\"日\"" }),
            new S.Fonts(new S.Font()),
            new S.Fills(new S.Fill()),
            new S.Borders(new S.Border()),
            new S.CellFormats(new S.CellFormat(), new S.CellFormat { NumberFormatId = 170 }));
        var sheet = main.AddNewPart<WorksheetPart>();
        var data = new S.SheetData(new S.Row(
            new S.Cell { CellReference = "A1", DataType = S.CellValues.SharedString, CellValue = new("0") },
            new S.Cell { CellReference = "C1", DataType = S.CellValues.InlineString, InlineString = new(new S.Text("Price")) },
            new S.Cell { CellReference = "D1", StyleIndex = 1, CellValue = new("45000") }));
        for (var row = 0; row < rows; row++)
            data.AppendChild(new S.Row(new S.Cell { CellReference = $"A{row + 2}", CellValue = new($"{row}.5") }));
        sheet.Worksheet = new(data);
        main.Workbook = new(new S.Sheets(new S.Sheet { Name = "売上", SheetId = 1, Id = main.GetIdOfPart(sheet) }));
        return path;
    }

    /// <summary>A package made by hand, with a main part as given.</summary>
    public static string Package(string path, Action<Stream> writeMain, params string[] otherEntries)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        Write(
            archive,
            "[Content_Types].xml",
            """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" """
                + """ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" """
                + """ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>""");
        Write(
            archive,
            "_rels/.rels",
            """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http:"""
                + """//schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" """
                + """Target="word/document.xml"/></Relationships>""");
        using (var main = archive.CreateEntry("word/document.xml").Open())
            writeMain(main);
        foreach (var entry in otherEntries)
            Write(archive, entry, "<x/>");
        return path;
    }

    private static void Write(ZipArchive archive, string name, string content)
    {
        using var entry = archive.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(content));
    }

    private static W.Paragraph Paragraph(string text) => new(new W.Run(new W.Text(text)));

    private static W.TableRow Row(params string[] cells) => new(cells.Select(cell => new W.TableCell(Paragraph(cell))));

    private static D.Inline Blip(string relationship) => new(new A.Graphic(
        new A.GraphicData(new A.Pictures.Picture(new A.Pictures.BlipFill(new A.Blip { Embed = relationship })))
        {
            Uri = "http://schemas.openxmlformats.org/drawingml/2006/picture",
        }));

    private static P.Shape Shape(string text) => new(new P.TextBody(new A.BodyProperties(), new A.Paragraph(new A.Run(new A.Text(text)))));
}
