using System.IO.Compression;
using System.Text;
using System.Xml;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>Tells documents from other archives by what their packages say of themselves, and names what a compound file holds.</summary>
internal static class PackageSniffer
{
    private const int MaxContentTypesCharacters = 4_000_000;
    private const int CompoundSearchBytes = 1 << 20;
    private const int LongestMediaType = 200;

    /// <summary>The document that a zip archive is; else an archive.</summary>
    public static SniffedMedia SniffZip(Stream file, string name)
    {
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            var says = Said(archive);
            foreach (var format in DocumentFormats.Readable)
            {
                if (format.Signs.Any(says.Contains))
                {
                    return archive.GetEntry("META-INF/encryption.xml") is not null && format.MediaType == DocumentFormats.Epub
                        ? throw Protected(name, "an EPUB with copy protection")
                        : new(format.Kind, format.MediaType);
                }
            }

            if (DocumentFormats.RefusedPackages.FirstOrDefault(
                format => format.Signs.Any(sign => says.Contains(sign) || archive.GetEntry(sign) is not null)) is { } refused)
            {
                throw MediaSniffer.Unsupported(name, refused.Why);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or XmlException or IOException)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"'{name}' is a damaged zip archive or Office document; submit an intact copy.", exception);
        }

        return new(MediaKind.Office, DocumentFormats.Zip);
    }

    /// <summary>The Outlook mail that a compound file is; every other one is refused by its name.</summary>
    public static SniffedMedia SniffCompound(Stream file, OpenedSource source)
    {
        var start = new byte[Math.Min(CompoundSearchBytes, file.Length)];
        var end = new byte[start.Length];
        file.Seek(0, SeekOrigin.Begin);
        file.ReadExactly(start);
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        if (Holds("__properties_version1.0"))
            return new(MediaKind.Office, DocumentFormats.OutlookMail);
        var refused = DocumentFormats.RefusedCompounds.First(format => format.Signs.Length == 0 || format.Signs.Any(IsNamed));
        var isNewName = Path.GetExtension(source.FileName).ToLowerInvariant() is ".docx"
            or ".pptx"
            or ".xlsx"
            or ".docm"
            or ".pptm"
            or ".xlsm"
            or ".dotx" or ".xltx" or ".potx" or ".ppsx";
        if (Holds("EncryptedPackage") || (isNewName && refused.Signs.Length == 0))
            throw Protected(source.Name, "an encrypted Office document");
        throw MediaSniffer.Unsupported(source.Name, refused.Why);

        bool Holds(string text) =>
            Encoding.Unicode.GetBytes(text) is var marker && (start.AsSpan().IndexOf(marker) >= 0 || end.AsSpan().IndexOf(marker) >= 0);

        // A directory's name is followed by zeros: "Book" is not a part of "Notebook's".
        bool IsNamed(string text) => Holds("\0" + text + "\0\0");
    }

    private static MediaRejectedException Protected(string name, string what) =>
        new(RejectionReason.Encrypted, $"'{name}' is {what}; remove its password and submit it again.");

    // The list of content types of an Office package, or the one media type of an OpenDocument or EPUB.
    private static HashSet<string> Said(ZipArchive archive)
    {
        var says = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (archive.GetEntry("mimetype") is { Length: < LongestMediaType } declared)
        {
            using var reader = new StreamReader(declared.Open(), Encoding.ASCII);
            var characters = new char[LongestMediaType];
            says.Add(new string(characters, 0, reader.ReadBlock(characters)).Trim());
        }

        if (archive.GetEntry("[Content_Types].xml") is not { } types)
            return says;
        using var stream = types.Open();
        using var xml = XmlReader.Create(stream, new()
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaxContentTypesCharacters,
        });
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.GetAttribute("ContentType") is { } contentType)
                says.Add(contentType);
        }

        return says;
    }
}
