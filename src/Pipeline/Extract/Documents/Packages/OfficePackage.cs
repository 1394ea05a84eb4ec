using System.Buffers;
using System.IO.Compression;
using System.Xml;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Packages;

/// <summary>
/// Checks an Office package before it is parsed: real unpacked bytes, not those it declares; names; and every XML part for
/// document types, length and depth, because the parser keeps whole parts in memory.
/// </summary>
internal static class OfficePackage
{
    /// <summary>The largest number of characters of a part that is parsed as a whole.</summary>
    public const long MaxPartCharacters = 20_000_000;

    private const int MaxEntries = 20_000;
    private const int MaxDepth = 200;
    private const int MaxPictureBytes = 64 << 20;
    private const long SmallEntryBytes = 16 << 20;
    private const int MaxRatio = 250;

    /// <summary>Checks a package.</summary>
    /// <exception cref="MediaRejectedException">It is damaged, or larger than allowed.</exception>
    public static void Check(DocumentSource source, long maxUnpackedBytes, string subject, CancellationToken cancellationToken)
    {
        try
        {
            using var archive = source.OpenPackage();
            if (archive.Entries.Count > MaxEntries)
                throw TooLarge(subject, $"has more than {MaxEntries:N0} parts");
            var left = maxUnpackedBytes;
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var entry in archive.Entries)
            {
                if (entry.FullName.Split('/', '\\').Contains("..") || entry.FullName.StartsWith('/') || !names.Add(entry.FullName))
                    throw Corrupt(subject, $"a part has the name '{entry.FullName}'", cause: null);
                var length = Unpack(entry, left, subject, cancellationToken);
                left -= length;
                if (entry.FullName.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)
                    || entry.FullName.EndsWith(".rels", StringComparison.OrdinalIgnoreCase))
                {
                    CheckXml(entry, length, subject, cancellationToken);
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or XmlException or IOException)
        {
            throw Corrupt(subject, exception.Message, exception);
        }
    }

    /// <summary>A picture's bytes; null when it is missing or too large.</summary>
    public static byte[]? ReadPicture(string path, string entryName)
    {
        using var archive = ZipFile.OpenRead(path);
        if (archive.GetEntry(entryName) is not { Length: <= MaxPictureBytes } entry)
            return null;
        using var content = entry.Open();
        var bytes = new byte[entry.Length];
        return content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? bytes : null;
    }

    private static long Unpack(ZipArchiveEntry entry, long left, string subject, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            using var content = entry.Open();
            var length = 0L;
            int read;
            while ((read = content.Read(block)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                length += read;
                if (length > left)
                    throw TooLarge(subject, "unpacks to more than the bytes allowed");
                if (length > SmallEntryBytes && length > MaxRatio * Math.Max(1, entry.CompressedLength))
                    throw TooLarge(subject, $"has a part, '{entry.FullName}', that unpacks to more than {MaxRatio} times its size");
            }

            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static void CheckXml(ZipArchiveEntry entry, long length, string subject, CancellationToken cancellationToken)
    {
        // Sheets are read row by row, and only their first rows; every other part is parsed as a whole.
        if (length > MaxPartCharacters && !entry.FullName.StartsWith("xl/worksheets/", StringComparison.OrdinalIgnoreCase))
            throw TooLarge(subject, $"has a part, '{entry.FullName}', of more than {MaxPartCharacters:N0} bytes");
        using var content = entry.Open();
        using var reader = XmlReader.Create(content, new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.Depth > MaxDepth)
                throw Corrupt(subject, $"its part '{entry.FullName}' is nested more than {MaxDepth} deep", cause: null);
        }
    }

    private static MediaRejectedException TooLarge(string subject, string why) =>
        new(RejectionReason.TooLarge, $"{subject} {why}; submit a smaller document.");

    private static MediaRejectedException Corrupt(string subject, string why, Exception? cause) =>
        new(RejectionReason.CorruptMedia, $"{subject} is a damaged Office document ({why}); submit an intact copy.", cause);
}
