using System.Buffers;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;
using SharpCompress.Archives.Zip;
using SharpCompress.Common;
using SharpCompress.Readers;

namespace Qwen35Batch.Pipeline.Extract.Archives;

/// <summary>
/// Unpacks a ZIP archive, file by file, as far as its limits go. It parses what strangers wrote: in the product, within a limited child.
/// </summary>
internal static class ZipUnpacker
{
    private const int MaxRatio = 250;
    private const long SmallFileBytes = 16 << 20;
    private const int BlockBytes = 1 << 16;
    private const int UnixKind = 0xF000;
    private const int UnixLink = 0xA000;

    /// <summary>Unpacks an archive.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="limits">What it may be unpacked to.</param>
    /// <param name="output">Where the files go.</param>
    /// <param name="cancellationToken">Stops unpacking.</param>
    /// <exception cref="MediaRejectedException">It is damaged or has too many files; nothing was written.</exception>
    public static void Unpack(
        string path, string subject, ArchiveLimits limits, ArchiveWriter output, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        using var archive = ZipArchive.OpenArchive(file, new ReaderOptions
        {
            LeaveStreamOpen = true,
            ArchiveEncoding = new ArchiveEncoding { CustomDecoder = (bytes, start, length, _) => EntryNames.Decode(bytes, start, length) },
        });
        var entries = List(archive, subject, limits, cancellationToken);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var left = limits.Bytes;
        foreach (var (entry, name) in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Refusal(entry, name, limits) is { } refused)
                output.Begin(refused);
            else if (!names.Add(name))
                output.Begin(new(name, "has the name of another file of the archive"));
            else
                left -= Unpack(entry, name, left, output, cancellationToken);
        }

        output.End();
    }

    private static List<(SharpCompress.Archives.IArchiveEntry Entry, string Name)> List(
        SharpCompress.Archives.IArchive archive, string subject, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            var entries = new List<(SharpCompress.Archives.IArchiveEntry, string)>();
            foreach (var entry in archive.Entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entry.IsDirectory)
                    continue;
                entries.Add((entry, (entry.Key ?? "").Replace('\\', '/')));
                if (entries.Count > limits.Files)
                {
                    throw new MediaRejectedException(
                        RejectionReason.TooLarge,
                        FormattableString.Invariant(
                            $"{subject} is an archive of more than {limits.Files} files; split it, or raise Acquire:MaxArchiveFiles."));
                }
            }

            return entries;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} is a damaged archive ({exception.Message}); submit an intact copy.", exception);
        }
    }

    private static ArchivedEntry? Refusal(IEntry entry, string name, ArchiveLimits limits)
    {
        if (EntryNames.IsOfSystem(name))
            return new(EntryNames.Shown(name), "is a file system's own", IsMissing: false);
        if (EntryNames.Problem(name, limits.NameCharacters) is { } problem)
            return new(EntryNames.Shown(name), problem);
        if (!string.IsNullOrEmpty(entry.LinkTarget) || (((entry.Attrib ?? 0) >> 16) & UnixKind) == UnixLink)
            return new(name, "is a link");
        if (entry.IsEncrypted)
            return new(name, "is encrypted", IsEncrypted: true);
        return entry.Size == 0 ? new(name, "is empty", IsMissing: false) : null;
    }

    private static long Unpack(
        SharpCompress.Archives.IArchiveEntry entry, string name, long left, ArchiveWriter output, CancellationToken cancellationToken)
    {
        output.Begin(new(name));
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        var length = 0L;
        try
        {
            using var content = entry.OpenEntryStream();
            var sum = new Crc32();
            int read;
            while ((read = content.Read(block, 0, BlockBytes)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                length += read;
                if (length > left)
                {
                    output.EndFile("does not fit into Acquire:MaxArchiveBytes");
                    return left;
                }

                if (length > SmallFileBytes && length > MaxRatio * Math.Max(1, entry.CompressedSize))
                {
                    output.EndFile(FormattableString.Invariant($"unpacks to more than {MaxRatio} times its size"));
                    return length;
                }

                sum.Add(block.AsSpan(0, read));
                output.Add(block.AsSpan(0, read));
            }

            output.EndFile(sum.Value == (uint)entry.Crc ? null : "is damaged (its check sum is wrong)");
            return length;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            output.EndFile($"is damaged ({exception.Message.Split('\n')[0]})");
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    // The library throws whatever its parsing runs into.
    private static bool IsDamage(Exception exception) => exception
        is not (OperationCanceledException or OutOfMemoryException or MediaRejectedException or ObjectDisposedException);
}
