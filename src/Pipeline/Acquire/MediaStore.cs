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
    private readonly SemaphoreSlim _restoring = new(1, 1);
    private readonly SourceCopier _copier = new(options.Value);
    private readonly FileCommits _commits = new(new StoreDisk());

    private string MediaFolder => Path.Combine(Path.GetFullPath(options.Value.DataFolder), "media");

    /// <summary>Copies a source into the store, or keeps a link to it, and finds out what it is.</summary>
    /// <param name="source">A local path, a <c>file:</c> URL or an <c>https:</c> URL.</param>
    /// <param name="cancellationToken">Stops the copy; nothing is left behind.</param>
    /// <param name="follows">Whether a redirection to an address is followed; null follows all that may be read.</param>
    /// <param name="aside">Awaits the disk in place of the store; null to let it do so itself.</param>
    /// <exception cref="MediaRejectedException">The source can never be read.</exception>
    /// <exception cref="ResourceUnavailableException">Disk, network or server are missing for now.</exception>
    public async Task<StoredMedia> AcquireAsync(
        string source, CancellationToken cancellationToken, Func<Uri, bool>? follows = null, Func<Task, Task>? aside = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        await using var opened = await sources.OpenAsync(source, cancellationToken, follows).ConfigureAwait(false);
        using var taken = await _copier.TakeAsync(opened, cancellationToken).ConfigureAwait(false);
        if (taken.Length == 0)
            throw new MediaRejectedException(RejectionReason.Empty, $"'{opened.Name}' is empty (0 bytes); check how it was written.");
        var sniffed = MediaSniffer.Sniff(taken.Path, taken.Head, taken.Length, opened);
        return new()
        {
            Source = opened.Name,
            Sha256 = taken.Sha256,
            Path = await KeepAsync(taken, opened.Name, aside).ConfigureAwait(false),
            LengthBytes = taken.Length,
            Kind = sniffed.Kind,
            MediaType = sniffed.MediaType,
        };
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
        using var taken = await _copier.CopyAsync(opened, cancellationToken).ConfigureAwait(false);
        await KeepAsync(taken, opened.Name).ConfigureAwait(false);
        return taken.Sha256;
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
        if (!Directory.Exists(_copier.TemporaryFolder))
            return;
        foreach (var path in Directory.EnumerateFiles(_copier.TemporaryFolder))
        {
            try
            {
                if (SourceCopier.IsLink(path))
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

    private async Task<string> KeepAsync(TakenSource taken, string name, Func<Task, Task>? aside = null)
    {
        aside ??= wait => wait;
        var path = PathOf(taken.Sha256);
        try
        {
            var isLink = SourceLink.IsAt(path);
            var isStored = isLink
                ? taken.Stamp is not null && SourceLink.Holds(path)
                : new FileInfo(path) is { Exists: true } kept && kept.Length == taken.Length;
            if (isStored)
            {
                Log.AlreadyStored(logger, name, path);
                if (!isLink) await aside(_commits.ConfirmAsync(path)).ConfigureAwait(false);
                return path;
            }

            if (isLink) SourceLink.Remove(path);
            if (taken.Stamp is { } stamp)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                SourceLink.Keep(taken.Path, path, stamp);
            }
            else
            {
                await aside(_commits.MoveAsync(taken.Path, path)).ConfigureAwait(false);
            }

            Log.Stored(logger, name, path, taken.Length);
            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw _copier.Unwritable(exception);
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
