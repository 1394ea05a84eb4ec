using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CliWrap;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>
/// Documents that were read, by their content: <c>documents/ab/abcd…</c> below the data folder. Each is read once, in a limited
/// child, and all of its segments take their parts from here.
/// </summary>
internal sealed class DocumentStore(
    ReaderProcess reader, IOptions<AcquireOptions> acquire, IOptions<ExtractOptions> extract) : IDisposable
{
    // Raised when readers read more, or otherwise: what was stored before is then read anew.
    private const int Version = 3;

    private const int ResultBytes = 16 << 20;

    // By media type: those that are sniffed are few, and the settings stay.
    private readonly ConcurrentDictionary<string, string> _keys = new(StringComparer.Ordinal);
    private readonly LastResults _last = new();
    private readonly SemaphoreSlim _reading = new(Math.Max(1, Environment.ProcessorCount));

    /// <summary>Opens a document, which is read first when it was not yet.</summary>
    /// <param name="path">A file of the media store, named by its content.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MediaRejectedException">It is damaged, empty or too large.</exception>
    /// <exception cref="ResourceUnavailableException">It could not be stored, or its reader was ended from outside.</exception>
    public async Task<DocumentFile> OpenAsync(string path, string mediaType, string subject, CancellationToken cancellationToken)
    {
        if (ReadTiny(new(path, mediaType, subject, extract.Value), cancellationToken) is { } tiny)
            return tiny;
        var stored = PathOf(path, mediaType);
        if (TryOpen(stored) is { } known)
            return known;
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (TryOpen(stored) is { } meanwhile)
                return meanwhile;
            await ReadAsync(path, mediaType, subject, stored, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _reading.Release();
        }

        return TryOpen(stored)
            ?? throw new ResourceUnavailableException(
                $"{subject} was read and cannot be found in the data folder; it is read again.", TimeSpan.FromSeconds(10));
    }

    /// <summary>The files that hold what was read of a document.</summary>
    /// <param name="sha256">SHA-256 of its content, lower-case hexadecimal.</param>
    public IReadOnlyList<FileInfo> FilesOf(string sha256)
    {
        var folder = new DirectoryInfo(FolderOf(sha256));
        return folder.Exists ? folder.GetFiles($"{sha256}-*") : [];
    }

    public void Dispose() => _reading.Dispose();

    private DocumentFile? TryOpen(string stored)
    {
        try
        {
            return File.Exists(stored) ? DocumentFile.Open(stored, _last) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A short text is read anew each time: its own file is no longer than what would be kept of it.</summary>
    private static DocumentFile? ReadTiny(ReadRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (ReaderProcess.ReadTiny(request, cancellationToken) is not var (text, result)) return null;
            ThrowIfRefused(result, request.Subject);
            return new(text, result);
        }
        catch (IOException)
        {
            // Whether it is there is for the store to say.
            return null;
        }
    }

    private static void ThrowIfRefused(ReadResult result, string subject)
    {
        if (result.Refused is { } reason) throw new MediaRejectedException(reason, result.Detail ?? $"{subject} cannot be read.");
    }

    private string PathOf(string path, string mediaType)
    {
        var key = _keys.GetOrAdd(mediaType, KeyOf);
        var name = Path.GetFileName(path);
        return Path.Combine(FolderOf(name), $"{name}-{key}");
    }

    private string KeyOf(string mediaType)
    {
        var limits = JsonSerializer.Serialize(new ReadRequest("", mediaType, "", extract.Value), ReadingJson.Default.ReadRequest);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Version} {limits}")))[..16];
    }

    private string FolderOf(string name) => Path.Combine(Path.GetFullPath(acquire.Value.DataFolder), "documents", name[..2]);

    private async Task ReadAsync(string path, string mediaType, string subject, string stored, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(Path.GetFullPath(acquire.Value.DataFolder), "tmp", $"document-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(temporary)!);
            await using (var target = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                var request = new ReadRequest(path, mediaType, subject, extract.Value);
                var bounded = new Bounded(target, (extract.Value.MaxTextLength * 2L) + ResultBytes);
                await reader.RunAsync(request, PipeTarget.ToStream(bounded), cancellationToken).ConfigureAwait(false);
            }

            using (var read = DocumentFile.Open(temporary))
            {
                if (read is null)
                {
                    throw new MediaRejectedException(
                        RejectionReason.CorruptMedia, $"{subject} cannot be read: its reader broke off. Submit an intact copy.");
                }

                ThrowIfRefused(read.Result, subject);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(stored)!);
            File.Move(temporary, stored, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ResourceUnavailableException(
                $"The data folder '{Path.GetFullPath(acquire.Value.DataFolder)}' cannot be written: {exception.Message} Free some space or "
                    + $"check its permissions.",
                TimeSpan.FromMinutes(1),
                countsAsAttempt: false,
                exception);
        }
        finally
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }
}
