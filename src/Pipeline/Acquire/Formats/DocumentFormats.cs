using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>A format of documents that is read.</summary>
/// <param name="Name">What it is, for people, with its extensions.</param>
/// <param name="Kind">What kind of media it is.</param>
/// <param name="MediaType">What its reader goes by; formats that are read alike share it.</param>
/// <param name="Signs">The content types that say so within a package, or nothing when its content is recognised otherwise.</param>
internal sealed record DocumentFormat(string Name, MediaKind Kind, string MediaType, params string[] Signs);

/// <summary>A format of documents that is recognised and not read.</summary>
/// <param name="Name">What it is, after "is".</param>
/// <param name="Advice">What to do instead.</param>
/// <param name="Signs">The content types, or names of entries, that say so within a package.</param>
internal sealed record RefusedFormat(string Name, string Advice, params string[] Signs)
{
    /// <summary>Why it is refused, in words that follow the file's name.</summary>
    public string Why => $"is {Name}, which is not read; {Advice}";
}

/// <summary>
/// The formats of documents and texts: what is read, and what is named and refused. The README's table is made of these lists.
/// </summary>
internal static class DocumentFormats
{
    public const string Pdf = "application/pdf";

    /// <summary>No document but what is on the pages of one: its annotations.</summary>
    public const string PdfAnnotations = "application/pdf;annotations";

    /// <summary>No document but an archive, whose files are read as jobs of their own.</summary>
    public const string Zip = "application/zip";

    public const string Word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    public const string Slides = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    public const string Sheets = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    public const string OpenText = "application/vnd.oasis.opendocument.text";
    public const string OpenSheets = "application/vnd.oasis.opendocument.spreadsheet";
    public const string OpenSlides = "application/vnd.oasis.opendocument.presentation";
    public const string Epub = "application/epub+zip";
    public const string Mail = "message/rfc822";
    public const string OutlookMail = "application/vnd.ms-outlook";
    public const string Html = "text/html";
    public const string PlainText = "text/plain";
    public const string Markdown = "text/markdown";
    public const string CommaSeparated = "text/csv";
    public const string TabSeparated = "text/tab-separated-values";

    private const string OpenXml = "application/vnd.openxmlformats-officedocument.";
    private const string SaveAsOpenXml = "save it as DOCX, XLSX, PPTX or PDF";

    /// <summary>What is read.</summary>
    public static readonly IReadOnlyList<DocumentFormat> Readable =
    [
        new("PDF", MediaKind.Pdf, Pdf),
        new("Word document (DOCX, DOCM)", MediaKind.Office, Word,
            OpenXml + "wordprocessingml.document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        new("Word template (DOTX, DOTM)", MediaKind.Office, Word,
            OpenXml + "wordprocessingml.template.main+xml", "application/vnd.ms-word.template.macroEnabledTemplate.main+xml"),
        new("Excel workbook (XLSX, XLSM)", MediaKind.Office, Sheets,
            OpenXml + "spreadsheetml.sheet.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        new("Excel template (XLTX, XLTM)", MediaKind.Office, Sheets,
            OpenXml + "spreadsheetml.template.main+xml", "application/vnd.ms-excel.template.macroEnabled.main+xml"),
        new("PowerPoint presentation (PPTX, PPTM)", MediaKind.Office, Slides,
            OpenXml + "presentationml.presentation.main+xml", "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"),
        new("PowerPoint show (PPSX, PPSM)", MediaKind.Office, Slides,
            OpenXml + "presentationml.slideshow.main+xml", "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml"),
        new("PowerPoint template (POTX, POTM)", MediaKind.Office, Slides,
            OpenXml + "presentationml.template.main+xml", "application/vnd.ms-powerpoint.template.macroEnabled.main+xml"),
        new("OpenDocument text (ODT, OTT, FODT)", MediaKind.Office, OpenText, OpenText, OpenText + "-template", OpenText + "-master"),
        new("OpenDocument sheets (ODS, OTS, FODS)", MediaKind.Office, OpenSheets, OpenSheets, OpenSheets + "-template"),
        new("OpenDocument slides (ODP, OTP, FODP)", MediaKind.Office, OpenSlides, OpenSlides, OpenSlides + "-template"),
        new("EPUB", MediaKind.Office, Epub, Epub),
        new("mail (EML) and mailboxes (MBOX)", MediaKind.Text, Mail),
        new("Outlook mail (MSG)", MediaKind.Office, OutlookMail),
        new("HTML", MediaKind.Text, Html),
        new("Markdown", MediaKind.Text, Markdown),
        new("text (TXT, CSV, TSV, logs, source code)", MediaKind.Text, PlainText),
    ];

    /// <summary>What readers take from a document, and what they count and name in the insight's note, by media type.</summary>
    public static readonly IReadOnlyDictionary<string, (string Reads, string Names)> Contents = new Dictionary<string, (string, string)>
    {
        [Pdf] = (
            "each page's picture and, within its crop box, its text layer; notes, marks with the words that they mark, ticked boxes, form "
                + "fields and signatures of the page; the values and words of XFA forms; the list of attached files, with the content of "
                + "those that are documents or text",
            "damage, missing fonts, pictures that break off, films and sounds, attached files of other kinds, text layers without meaning"),
        [Word] = (
            "text with automatic numbers, tables, equations, pictures, charts as tables, diagrams, text boxes, form fields, headers, "
                + "notes, comments, embedded documents; tracked changes as accepted",
            "hidden text, embedded files of other kinds, linked pictures, drawings (EMF, WMF)"),
        [Sheets] = (
            "cells as displayed, struck ones marked, text boxes, pictures, charts as tables, comments with their replies, printed headers "
                + "and footers, embedded documents; hidden sheets and rows are marked, hidden columns named",
            "formulas without a stored value, pictures in cells, rows and columns beyond the limits, embedded files of other kinds"),
        [Slides] = (
            "text with automatic numbers, tables, pictures, charts as tables, diagrams, equations, notes, comments, the words of layouts, "
                + "embedded documents; hidden slides are marked",
            "hidden shapes, embedded files of other kinds, videos and sounds, ink, 3D models"),
        [OpenText] = (
            "text with automatic numbers, tables, pictures, equations, charts as tables, notes, comments",
            "hidden text, embedded documents, linked pictures"),
        [OpenSheets] = (
            "cells as displayed, charts as tables, comments; hidden sheets and rows are marked, hidden columns named",
            "rows and columns beyond the limits"),
        [OpenSlides] = ("text, tables, pictures, notes; hidden slides are marked", "embedded documents, videos and sounds"),
        [Epub] = ("chapters in order, with pictures", "chapters that are not text; with copy protection it is refused"),
        [Mail] = (
            "header, body, the list of attachments, with the content of those that are mails, documents or text",
            "attachments of other kinds, pictures, encrypted bodies"),
        [OutlookMail] = (
            "header, body, the list of attachments, with the content of those that are mails, documents or text",
            "attachments of other kinds, bodies in rich text only"),
        [Html] = (
            "text, numbered lists, tables, equations, form fields; no scripts are run and nothing is loaded",
            "pictures, drawings, frames, videos, hidden text"),
        [PlainText] = (
            "text in UTF-8, UTF-16, UTF-32, Shift_JIS (also half-width kana), EUC-JP, ISO-2022-JP, GB18030, Big5, EUC-KR, Windows code "
                + "pages, KOI8-R; later parts of CSV and TSV repeat the first line",
            "a guessed encoding, bytes that are no characters, control characters that were left out"),
    };

    /// <summary>Packages that are no format of ours.</summary>
    public static readonly IReadOnlyList<RefusedFormat> RefusedPackages =
    [
        new("a binary Excel workbook (XLSB)", "save it as XLSX", "application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
        new("an Excel add-in (XLAM)", "submit the workbook that uses it", "application/vnd.ms-excel.addin.macroEnabled.main+xml"),
        new(
            "a PowerPoint add-in (PPAM)",
            "submit the presentation that uses it",
            "application/vnd.ms-powerpoint.addin.macroEnabled.main+xml"),
        new("a Visio drawing (VSDX)", "save it as PDF or PNG",
            "application/vnd.ms-visio.drawing.main+xml",
            "application/vnd.ms-visio.template.main+xml",
            "application/vnd.ms-visio.drawing.macroEnabled.main+xml"),
        new("an XPS document", "save it as PDF",
            "application/vnd.ms-package.xps-fixeddocumentsequence+xml",
            "application/oxps",
            "application/vnd.ms-package.xps-fixeddocument+xml"),
        new("an OpenDocument drawing (ODG)", "save it as PDF or PNG",
            "application/vnd.oasis.opendocument.graphics", "application/vnd.oasis.opendocument.graphics-template"),
        new("an OpenDocument formula, chart or database (ODF, ODC, ODB)", "submit the document that uses it",
            "application/vnd.oasis.opendocument.formula", "application/vnd.oasis.opendocument.chart",
            "application/vnd.oasis.opendocument.base",
            "application/vnd.oasis.opendocument.database",
            "application/vnd.oasis.opendocument.image"),
        new(
            "a Pages, Numbers or Keynote document",
            "export it as DOCX, XLSX, PPTX or PDF",
            "Index/Document.iwa",
            "Index.zip",
            "index.apxl"),
        new("a Java or Android archive (JAR, APK)", "submit the media in it", "META-INF/MANIFEST.MF", "AndroidManifest.xml"),
        new(
            "an encrypted or damaged Office package without its list of parts",
            SaveAsOpenXml,
            "word/document.xml",
            "xl/workbook.xml",
            "ppt/presentation.xml"),
    ];

    /// <summary>Compound files, by a name in their directory.</summary>
    public static readonly IReadOnlyList<RefusedFormat> RefusedCompounds =
    [
        new("a legacy Word document (DOC)", SaveAsOpenXml, "WordDocument"),
        new("a legacy Excel workbook (XLS)", SaveAsOpenXml, "Workbook", "Book"),
        new("a legacy PowerPoint presentation (PPT)", SaveAsOpenXml, "PowerPoint Document"),
        new("a legacy Visio drawing (VSD)", "save it as PDF or PNG", "VisioDocument"),
        new("a Publisher document (PUB)", "save it as PDF", "Quill"),
        new(
            "a Windows installer (MSI) or thumbnail database",
            "submit the media themselves",
            "Catalog",
            "\u4840\u3F3F\u4577\u446C\u3E6A\u44B2\u482F"),
        new("a legacy Office document (DOC, XLS, PPT)", SaveAsOpenXml),
    ];
}
