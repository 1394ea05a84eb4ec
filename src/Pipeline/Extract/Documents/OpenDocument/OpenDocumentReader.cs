using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.OpenDocument;

/// <summary>Reads ODT, ODS and ODP into text. Cells are stored as they are displayed.</summary>
internal static class OpenDocumentReader
{
    /// <summary>Adds a document.</summary>
    /// <param name="source">The document.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="options">The limits.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static void Read(
        DocumentSource source,
        string mediaType,
        string subject,
        ExtractOptions options,
        DocumentText text,
        CancellationToken cancellationToken)
    {
        var isFlat = IsFlat(source);
        if (!isFlat)
            OfficePackage.Check(source, options.MaxUnpackedBytes, subject, cancellationToken);
        try
        {
            if (isFlat)
            {
                using var whole = source.Open();
                var document = PartXml.Load(whole);
                Add(null, document, document, mediaType, options, text, cancellationToken);
                return;
            }

            using var archive = source.OpenPackage();
            if (archive.GetEntry("META-INF/manifest.xml") is not null
                && Load(archive, "META-INF/manifest.xml").All("encryption-data").Any())
            {
                throw new MediaRejectedException(
                    RejectionReason.Encrypted, $"{subject} is an encrypted OpenDocument; remove its password and submit it again.");
            }

            var content = Load(archive, "content.xml");
            var styles = archive.GetEntry("styles.xml") is null ? null : Load(archive, "styles.xml");
            Add(archive, content, styles, mediaType, options, text, cancellationToken);
        }
        catch (Exception exception) when (exception is XmlException or InvalidDataException or IOException)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia,
                $"{subject} is a damaged OpenDocument ({exception.Message}); submit an intact copy.",
                exception);
        }
    }

    private static void Add(
        ZipArchive? archive,
        XElement content,
        XElement? styles,
        string mediaType,
        ExtractOptions options,
        DocumentText text,
        CancellationToken cancellationToken)
    {
        var blocks = new OpenBlocks(
            archive, text, options, [.. new[] { content, styles }.OfType<XElement>().Distinct()], cancellationToken);
        var body = content.Child("body")?.Elements().FirstOrDefault() ?? throw new InvalidDataException("it has no body");
        switch (mediaType)
        {
            case DocumentFormats.OpenSheets:
                foreach (var sheet in body.Children("table"))
                    blocks.Sheet(sheet);
                break;
            case DocumentFormats.OpenSlides:
                blocks.Slides(body);
                break;
            default:
                blocks.Add(body);
                blocks.Page("Header", styles, "header");
                blocks.Page("Footer", styles, "footer");
                break;
        }

        blocks.End();
    }

    private static bool IsFlat(DocumentSource source)
    {
        using var content = source.Open();
        return content.ReadByte() != 'P';
    }

    private static XElement Load(ZipArchive archive, string name)
    {
        using var stream = (archive.GetEntry(name) ?? throw new InvalidDataException($"its part '{name}' is missing")).Open();
        return PartXml.Load(stream);
    }
}
