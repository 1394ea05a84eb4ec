using System.IO.Compression;
using System.Text;
using System.Xml;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>Tells Office Open XML packages from other archives by their list of content types, and finds encrypted documents.</summary>
internal static class PackageSniffer
{
    private const int MaxContentTypesCharacters = 4_000_000;
    private const int CompoundSearchBytes = 1 << 20;

    private static readonly (string Part, string Macro, string MediaType)[] Documents =
    [
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            "application/vnd.ms-word.document.macroEnabled.main+xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
            "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ];

    /// <summary>The Office document that a zip archive is.</summary>
    public static SniffedMedia SniffZip(Stream file, string name)
    {
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.GetEntry("[Content_Types].xml") is { } types && Main(types) is { } mediaType)
                return new(MediaKind.Office, mediaType);
        }
        catch (Exception exception) when (exception is InvalidDataException or XmlException or IOException)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"'{name}' is a damaged zip archive or Office document; submit an intact copy.", exception);
        }

        throw MediaSniffer.Unsupported(name, "is an archive; unpack it and submit the files in it");
    }

    /// <summary>Why a compound file is refused.</summary>
    public static MediaRejectedException CompoundFile(FileStream file, OpenedSource source)
    {
        var start = new byte[Math.Min(CompoundSearchBytes, file.Length)];
        var end = new byte[start.Length];
        RandomAccess.Read(file.SafeFileHandle, start, 0);
        RandomAccess.Read(file.SafeFileHandle, end, file.Length - end.Length);
        var marker = Encoding.Unicode.GetBytes("EncryptedPackage");
        var isOfficeName = Path.GetExtension(source.FileName).ToLowerInvariant() is ".docx" or ".pptx" or ".xlsx" or ".docm" or ".pptm" or ".xlsm";
        return isOfficeName || start.AsSpan().IndexOf(marker) >= 0 || end.AsSpan().IndexOf(marker) >= 0
            ? new(RejectionReason.Encrypted, $"'{source.Name}' is an encrypted Office document; remove its password and submit it again.")
            : MediaSniffer.Unsupported(source.Name, "is a legacy Office document (DOC, XLS, PPT or MSG), which is not read; save it as DOCX, XLSX, PPTX or PDF");
    }

    private static string? Main(ZipArchiveEntry types)
    {
        using var stream = types.Open();
        using var reader = XmlReader.Create(stream, new()
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaxContentTypesCharacters,
        });
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element || reader.GetAttribute("ContentType") is not { } contentType)
                continue;
            foreach (var (part, macro, mediaType) in Documents)
            {
                if (string.Equals(contentType, part, StringComparison.OrdinalIgnoreCase)
                    || string.Equals(contentType, macro, StringComparison.OrdinalIgnoreCase))
                {
                    return mediaType;
                }
            }
        }

        return null;
    }
}
