using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>
/// Copies of sources by their content: <c>media/ab/abcd…</c> below the data folder, named by SHA-256, each stored once. No tool
/// ever sees a source itself, so nothing a source's name or place says can reach a tool: where nothing is copied, it sees a link.
/// </summary>
internal sealed partial class MediaStore(
    IOptions<AcquireOptions> options,
    Sources sources,
    ILogger<MediaStore> logger) : IDisposable
{
    private const int BlockSize = 1 << 17;
    private readonly SemaphoreSlim _restoring = new(1, 1);
    private readonly AcquireOptions _options = options.Value;

    private string MediaFolder => Path.Combine(Path.GetFullPath(_options.DataFolder), "media");

    private string TemporaryFolder => Path.Combine(Path.GetFullPath(_options.DataFolder), "tmp");

    /// <summary>Copies a source into the store, or keeps a link to it, and finds out what it is.</summary>
    /// <param name="source">A local path, a <c>file:</c> URL or an <c>https:</c> URL.</param>
    /// <param name="cancellationToken">Stops the copy; nothing is left behind.</param>
    /// <param name="follows">Whether a redirection to an address is followed; null follows all that may be read.</param>
    /// <exception cref="MediaRejectedException">The source can never be read.</exception>
    /// <exception cref="ResourceUnavailableException">Disk, network or server are missing for now.</exception>
    public async Task<StoredMedia> AcquireAsync(
        string source, CancellationToken cancellationToken, Func<Uri, bool>? follows = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        await using var opened = await sources.OpenAsync(source, cancellationToken, follows).ConfigureAwait(false);
        var temporary = Path.Combine(TemporaryFolder, $"acquire-{Guid.NewGuid():N}");
        try
        {
            var isLinked = _options.Copy == SourceCopy.Never && opened.RealPath is not null;
            var (sha256, length, stamp) = isLinked
                ? await LinkAsync(opened, temporary, cancellationToken).ConfigureAwait(false)
                : await CopyAsync(opened, temporary, cancellationToken).ConfigureAwait(false);
            if (length == 0)
                throw new MediaRejectedException(RejectionReason.Empty, $"'{opened.Name}' is empty (0 bytes); check how it was written.");
            var sniffed = await MediaSniffer.SniffAsync(temporary, opened, cancellationToken).ConfigureAwait(false);
            var path = PathOf(sha256);
            Keep(temporary, path, length, stamp, opened.Name);
            return new()
            {
                Source = opened.Name,
                Sha256 = sha256,
                Path = path,
                LengthBytes = length,
                Kind = sniffed.Kind,
                MediaType = sniffed.MediaType,
            };
        }
        finally
        {
            // Without its folder, a file cannot even be deleted, and that would hide why there is none.
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    /// <summary>Finds out what a file of an archive is, whose content is in the store already.</summary>
    /// <param name="source">The archive's source and the file's name.</param>
    /// <param name="sha256">SHA-256 of its content.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MediaRejectedException">It is of a kind that is not read.</exception>
    /// <exception cref="ResourceUnavailableException">The content is not there.</exception>
    public async Task<StoredMedia> AcquireKeptAsync(string source, string sha256, CancellationToken cancellationToken)
    {
        var path = RequirePathOf(sha256);
        var name = source[(source.LastIndexOf('/') + 1)..];
        var sniffed = await MediaSniffer.SniffAsync(path, new(source, name, Stream.Null), cancellationToken).ConfigureAwait(false);
        return new()
        {
            Source = source,
            Sha256 = sha256,
            Path = path,
            LengthBytes = new FileInfo(path).Length,
            Kind = sniffed.Kind,
            MediaType = sniffed.MediaType,
        };
    }

    /// <summary>Copies content into the store, whatever it is.</summary>
    /// <returns>SHA-256 of the content, lower-case hexadecimal.</returns>
    /// <exception cref="MediaRejectedException">It is too large.</exception>
    /// <exception cref="ResourceUnavailableException">The disk is full or its source breaks off.</exception>
    public async Task<string> StoreAsync(OpenedSource opened, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(TemporaryFolder, $"acquire-{Guid.NewGuid():N}");
        try
        {
            var (sha256, length, stamp) = await CopyAsync(opened, temporary, cancellationToken).ConfigureAwait(false);
            Keep(temporary, PathOf(sha256), length, stamp, opened.Name);
            return sha256;
        }
        finally
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    /// <summary>Where the content with this hash is kept.</summary>
    public string PathOf(string sha256)
    {
        if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower))
            throw new ArgumentException($"'{sha256}' is not a SHA-256 in lower-case hexadecimal.", nameof(sha256));
        return Path.Combine(MediaFolder, sha256[..2], sha256);
    }

    /// <summary>Whether the content with this hash is there.</summary>
    public bool Has(string sha256)
    {
        var path = PathOf(sha256);
        return SourceLink.IsAt(path) ? SourceLink.Holds(path) : File.Exists(path);
    }

    /// <summary>Where the content with this hash is kept, checked to be there.</summary>
    /// <exception cref="ResourceUnavailableException">It is not there.</exception>
    public string RequirePathOf(string sha256)
    {
        var path = PathOf(sha256);
        return Has(sha256) ? path : throw Absent(path, "", isElsewhere: false);
    }

    /// <summary>Copies a source again when the store has no copy of it: another worker's data folder has, or it was deleted.</summary>
    /// <param name="sha256">The content that it had.</param>
    /// <param name="source">The source, as submitted.</param>
    /// <param name="isElsewhere">Whether the copy was made in another data folder: the item is not to blame then.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    /// <exception cref="ResourceUnavailableException">It cannot be read here, or has another content now.</exception>
    public async Task RestoreAsync(string sha256, string source, bool isElsewhere, CancellationToken cancellationToken)
    {
        var path = PathOf(sha256);
        if (Has(sha256))
            return;
        await _restoring.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The segments of one file ask together.
            if (Has(sha256))
                return;
            var stored = await AcquireAsync(source, cancellationToken).ConfigureAwait(false);
            if (stored.Sha256 != sha256)
                throw Absent(path, $" '{stored.Source}' has another content now.", isElsewhere);
            Log.Restored(logger, stored.Source, path);
        }
        catch (MediaRejectedException problem)
        {
            throw Absent(path, $" {problem.Message}", isElsewhere, problem);
        }
        finally
        {
            _restoring.Release();
        }
    }

    public void Dispose() => _restoring.Dispose();

    /// <summary>Removes what an earlier process left unfinished. Files that a living process holds open are kept.</summary>
    public void SweepTemporaryFiles()
    {
        if (!Directory.Exists(TemporaryFolder))
            return;
        foreach (var path in Directory.EnumerateFiles(TemporaryFolder))
        {
            try
            {
                if (SourceLink.IsAt(path))
                {
                    File.Delete(path);
                    continue;
                }

                // A file that is being written is locked by its writer, in whatever process that is.
                using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                File.Delete(path);
            }
            catch (IOException exception)
            {
                Log.TemporaryFileKept(logger, path, exception);
            }
        }
    }

    private async Task<(string Sha256, long Length, string? Stamp)> CopyAsync(
        OpenedSource opened, string path, CancellationToken cancellationToken)
    {
        await using var target = CreateTemporary(path);
        var (sha256, length) = await HashAsync(
            opened,
            block => WriteAsync(() => target.WriteAsync(block, cancellationToken)),
            cancellationToken).ConfigureAwait(false);
        await WriteAsync(() =>
        {
            target.Flush(flushToDisk: true);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return (sha256, length, null);
    }

    private async Task<(string Sha256, long Length, string? Stamp)> LinkAsync(
        OpenedSource opened, string path, CancellationToken cancellationToken)
    {
        var file = ((FileStream)opened.Content).SafeFileHandle;
        var before = Stamp();
        var (sha256, length) = await HashAsync(opened, _ => ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false);
        if (Stamp() != before)
        {
            throw new ResourceUnavailableException(
                $"'{opened.Name}' was changed while it was read; with Acquire:Copy=Never it has to be left as it is.",
                TimeSpan.FromMinutes(1));
        }

        await WriteAsync(() =>
        {
            Directory.CreateDirectory(TemporaryFolder);
            File.CreateSymbolicLink(path, opened.RealPath!);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return (sha256, length, before);

        string Stamp() => SourceLink.Stamp(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
    }

    private async Task<(string Sha256, long Length)> HashAsync(
        OpenedSource opened, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var length = 0L;
            int read;
            while ((read = await ReadAsync(opened, block, cancellationToken).ConfigureAwait(false)) > 0)
            {
                length += read;
                if (length > _options.MaxBytes)
                {
                    throw new MediaRejectedException(
                        RejectionReason.TooLarge,
                        $"'{opened.Name}' is larger than {_options.MaxBytes:N0} bytes; raise Acquire:MaxBytes or submit a smaller file.");
                }

                hash.AppendData(block, 0, read);
                await take(block.AsMemory(0, read)).ConfigureAwait(false);
            }

            return (Convert.ToHexStringLower(hash.GetHashAndReset()), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static async ValueTask<int> ReadAsync(OpenedSource opened, byte[] block, CancellationToken cancellationToken)
    {
        try
        {
            return await opened.Content.ReadAsync(block, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new ResourceUnavailableException(
                $"Reading '{opened.Name}' broke off: {exception.Message}", TimeSpan.FromMinutes(1), cause: exception);
        }
    }

    private FileStream CreateTemporary(string path)
    {
        try
        {
            Directory.CreateDirectory(TemporaryFolder);
            return new(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(exception);
        }
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

    private void Keep(string temporary, string path, long length, string? stamp, string name)
    {
        try
        {
            var isLink = SourceLink.IsAt(path);
            if (isLink ? stamp is not null && SourceLink.Holds(path) : new FileInfo(path) is { Exists: true } kept && kept.Length == length)
            {
                Log.AlreadyStored(logger, name, path);
                return;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (isLink)
                SourceLink.Remove(path);
            if (stamp is null)
                File.Move(temporary, path, overwrite: true);
            else
                SourceLink.Keep(temporary, path, stamp);
            Log.Stored(logger, name, path, length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(exception);
        }
    }

    private static ResourceUnavailableException Absent(string path, string why, bool isElsewhere, Exception? cause = null) => isElsewhere
        ? new(
            $"The media lies in the data folder of a worker that does not run, and it cannot be read again here.{why} Start that worker, "
                + "or let all workers of a ledger share one data folder.",
            TimeSpan.FromMinutes(5),
            countsAsAttempt: false,
            cause)
        : new(
            $"The media store has no file '{path}', and it cannot be read again.{why} If it was deleted, submit the source again.",
            TimeSpan.FromMinutes(1),
            cause: cause);

    private ResourceUnavailableException Unwritable(Exception cause) => new(
        $"The data folder '{Path.GetFullPath(_options.DataFolder)}' cannot be written: {cause.Message} Free some space or check its "
            + $"permissions.",
        TimeSpan.FromMinutes(1),
        countsAsAttempt: false,
        cause);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Stored {Source} as {Path} ({Length} bytes)")]
        public static partial void Stored(ILogger logger, string source, string path, long length);

        [LoggerMessage(Level = LogLevel.Information, Message = "Stored {Source} again as {Path}, which this data folder lacked")]
        public static partial void Restored(ILogger logger, string source, string path);

        [LoggerMessage(Level = LogLevel.Debug, Message = "{Source} is already stored as {Path}")]
        public static partial void AlreadyStored(ILogger logger, string source, string path);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Kept the unfinished file {Path}: it is in use")]
        public static partial void TemporaryFileKept(ILogger logger, string path, Exception exception);
    }
}
