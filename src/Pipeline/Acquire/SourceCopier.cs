using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>Copies sources into temporary files, or links them, and hashes them on the way: each is read once.</summary>
internal sealed class SourceCopier(AcquireOptions options)
{
    private const int BlockSize = 1 << 17;
    private const string CopyPrefix = "acquire-";
    private const string LinkPrefix = "link-";

    /// <summary>Where unfinished files lie.</summary>
    public string TemporaryFolder => Path.Combine(Path.GetFullPath(options.DataFolder), "tmp");

    /// <summary>Whether an unfinished file is a source itself by another name.</summary>
    public static bool IsLink(string temporary) =>
        Path.GetFileName(temporary).StartsWith(LinkPrefix, StringComparison.Ordinal) || new FileInfo(temporary).LinkTarget is not null;

    /// <summary>Takes a source as the options say.</summary>
    /// <exception cref="MediaRejectedException">It is too large.</exception>
    /// <exception cref="ResourceUnavailableException">The disk is full, or its source breaks off.</exception>
    public async Task<TakenSource> TakeAsync(OpenedSource opened, CancellationToken cancellationToken)
    {
        // Only a local file has a path.
        var isHard = options.Copy == SourceCopy.HardLink;
        if (opened.RealPath is null || !(isHard || options.Copy == SourceCopy.Never))
            return await CopyAsync(opened, cancellationToken).ConfigureAwait(false);
        return await LinkAsync(opened, isHard, cancellationToken).ConfigureAwait(false)
            ?? await CopyAsync(opened, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies a source, whatever the options say of local files.</summary>
    /// <inheritdoc cref="TakeAsync"/>
    public async Task<TakenSource> CopyAsync(OpenedSource opened, CancellationToken cancellationToken)
    {
        var path = Temporary(CopyPrefix);
        try
        {
            await using var target = Create(path);
            var (sha256, length, head) = IsShared(opened, target)
                // The source may change from here on.
                ? await HashAsync(opened with { Content = target }, _ => ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false)
                : await HashAsync(
                    opened,
                    block => WriteAsync(() => StoreAsync(target, block, cancellationToken)),
                    cancellationToken).ConfigureAwait(false);
            return new(path, sha256, length, head, null);
        }
        catch
        {
            if (File.Exists(path)) File.Delete(path);
            throw;
        }
    }

    /// <summary>That the data folder cannot be written.</summary>
    public ResourceUnavailableException Unwritable(Exception cause) => new(
        $"The data folder '{Path.GetFullPath(options.DataFolder)}' cannot be written: {cause.Message} Free some space or check its "
            + $"permissions.",
        TimeSpan.FromMinutes(1),
        countsAsAttempt: false,
        cause);

    private bool IsShared(OpenedSource opened, FileStream target) =>
        options.Copy == SourceCopy.Auto
            && opened is { RealPath: not null, Content: FileStream source }
            && FileClone.TryShareBlocks(source.SafeFileHandle, target.SafeFileHandle);

    /// <summary>A link to a source; null when its file system has no other name for it.</summary>
    private async Task<TakenSource?> LinkAsync(OpenedSource opened, bool isHard, CancellationToken cancellationToken)
    {
        var file = ((FileStream)opened.Content).SafeFileHandle;
        var before = Stamp(file);
        var path = Temporary(LinkPrefix);
        if (isHard && !await CanLinkAsync(file, path).ConfigureAwait(false)) return null;
        try
        {
            var (sha256, length, head) = await HashAsync(opened, _ => ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false);
            if (Stamp(file) != before)
            {
                throw new ResourceUnavailableException(
                    $"'{opened.Name}' was changed while it was read; with Acquire:Copy={options.Copy} it has to be left as it is.",
                    TimeSpan.FromMinutes(1));
            }

            if (!isHard)
            {
                await WriteAsync(() =>
                {
                    Directory.CreateDirectory(TemporaryFolder);
                    File.CreateSymbolicLink(path, opened.RealPath!);
                    return ValueTask.CompletedTask;
                }).ConfigureAwait(false);
            }

            return new(path, sha256, length, head, before);
        }
        catch
        {
            if (isHard) File.Delete(path);
            throw;
        }
    }

    private async Task<bool> CanLinkAsync(SafeFileHandle file, string path)
    {
        await WriteAsync(() =>
        {
            Directory.CreateDirectory(TemporaryFolder);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return FileClone.TryLink(file, path);
    }

    private string Temporary(string prefix) => Path.Combine(TemporaryFolder, $"{prefix}{Guid.NewGuid():N}");

    private static string Stamp(SafeFileHandle file) => SourceLink.Stamp(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));

    private async Task<(string Sha256, long Length, byte[] Head)> HashAsync(
        OpenedSource opened, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var length = 0L;
            byte[] head = [];
            int read;
            while ((read = await ReadAsync(opened, block, length, cancellationToken).ConfigureAwait(false)) > 0)
            {
                length += read;
                if (head.Length < MediaSniffer.HeadBytes)
                    head = [.. head, .. block.AsSpan(0, Math.Min(read, MediaSniffer.HeadBytes - head.Length))];
                if (length > options.MaxBytes)
                {
                    throw new MediaRejectedException(
                        RejectionReason.TooLarge,
                        $"'{opened.Name}' is larger than {options.MaxBytes:N0} bytes; raise Acquire:MaxBytes or submit a smaller file.");
                }

                hash.AppendData(block, 0, read);
                await take(block.AsMemory(0, read)).ConfigureAwait(false);
            }

            return (Convert.ToHexStringLower(hash.GetHashAndReset()), length, head);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static async ValueTask<int> ReadAsync(OpenedSource opened, byte[] block, long before, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // Most files are short, and to have another thread read so little costs more than the reading.
            return before < BlockSize && opened.Content is FileStream file
                ? file.Read(block)
                : await opened.Content.ReadAsync(block, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new ResourceUnavailableException(
                $"Reading '{opened.Name}' broke off: {exception.Message}", TimeSpan.FromMinutes(1), cause: exception);
        }
    }

    /// <summary>Writes a block; a short one, which is all of most files, on this thread.</summary>
    private static ValueTask StoreAsync(FileStream target, ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        if (block.Length == BlockSize) return target.WriteAsync(block, cancellationToken);
        target.Write(block.Span);
        return ValueTask.CompletedTask;
    }

    private FileStream Create(string path)
    {
        try
        {
            try
            {
                return New();
            }
            catch (DirectoryNotFoundException)
            {
                Directory.CreateDirectory(TemporaryFolder);
                return New();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(exception);
        }

        FileStream New() => new(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        });
    }

    private async ValueTask WriteAsync(Func<ValueTask> write)
    {
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(exception);
        }
    }
}
