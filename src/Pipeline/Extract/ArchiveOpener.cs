using CliWrap;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Archives;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract;

/// <summary>Unpacks an archive into the media store. Names of its files are told and never used as paths.</summary>
internal sealed class ArchiveOpener(
    MediaStore store, ReaderProcess reader, IOptions<AcquireOptions> acquire, IOptions<ExtractOptions> extract)
{
    /// <summary>What stands between an archive's source and the name of a file in it.</summary>
    public const string Separator = "!/";

    private const int LongestSource = 2048;
    private const int NamedFiles = 20;

    /// <summary>Opens an archive.</summary>
    /// <param name="archive">The stored archive.</param>
    /// <param name="job">The job whose source it is.</param>
    /// <param name="cancellationToken">Stops unpacking.</param>
    /// <exception cref="MediaRejectedException">Archives are not opened, or nothing in it can be.</exception>
    /// <exception cref="ResourceUnavailableException">The disk is full, or the reader was ended from outside.</exception>
    public async Task<StageOutcome.Opened> OpenAsync(StoredMedia archive, MediaJob job, CancellationToken cancellationToken)
    {
        if (job.ArchivedSha256 is not null)
            throw MediaSniffer.Unsupported(archive.Source, "is an archive within an archive; unpack it and submit the files in it");
        if (!acquire.Value.OpenArchives)
        {
            throw MediaSniffer.Unsupported(
                archive.Source, "is an archive; unpack it and submit the files in it, or set Acquire:OpenArchives");
        }

        var prefix = archive.Source + Separator;
        var limits = ArchiveLimits.Of(acquire.Value, LongestSource - prefix.Length);
        var request = new ReadRequest(archive.Path, archive.MediaType, $"'{archive.Source}'", extract.Value, limits);
        var taking = new Taking(store, prefix);
        await reader.RunAsync(request, PipeTarget.Create(taking.FromAsync), cancellationToken).ConfigureAwait(false);
        return taking.Conclude(archive);
    }

    /// <summary>What has been taken out of an archive.</summary>
    private sealed class Taking(MediaStore store, string prefix)
    {
        private readonly List<ArchivedFile> _files = [];
        private readonly List<ArchivedEntry> _left = [];
        private Exception? _failure;
        private bool _isWhole;

        /// <summary>Takes what a reader writes, to its end: it must not wait for ever for somebody to read on.</summary>
        public async Task FromAsync(Stream input, CancellationToken cancellationToken)
        {
            try
            {
                await using var archive = new ArchiveReader(input);
                while (await archive.NextAsync(cancellationToken).ConfigureAwait(false) is { } entry)
                    await TakeAsync(archive, entry, cancellationToken).ConfigureAwait(false);
                _isWhole = true;
            }
            catch (EndOfStreamException)
            {
                // The reader broke off: what was taken until then is thrown away.
            }
            catch (Exception exception) when (exception is MediaRejectedException or ResourceUnavailableException)
            {
                _failure = exception;
            }

            await input.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        }

        public StageOutcome.Opened Conclude(StoredMedia archive)
        {
            if (_failure is not null)
                throw _failure;
            var subject = $"'{archive.Source}'";
            if (!_isWhole)
            {
                throw new MediaRejectedException(
                    RejectionReason.CorruptMedia, $"{subject} cannot be unpacked: its reader broke off. Submit an intact copy.");
            }

            var missing = _left.Where(entry => entry.IsMissing).ToList();
            if (_files.Count > 0)
                return new(archive.Sha256, _files, Detail(missing), missing.Count > 0);
            throw missing.Count == 0
                ? new MediaRejectedException(RejectionReason.Empty, $"{subject} is an archive without files; check how it was written.")
                : new MediaRejectedException(
                    missing.TrueForAll(entry => entry.IsEncrypted) ? RejectionReason.Encrypted : RejectionReason.UnsupportedMedia,
                    $"{subject} is an archive of which nothing can be opened: {Names(missing)}. Unpack it and submit the files in it.");
        }

        private async Task TakeAsync(ArchiveReader archive, ArchivedEntry entry, CancellationToken cancellationToken)
        {
            if (entry.Refused is { } reason)
                throw new MediaRejectedException(reason, entry.Problem!);
            if (entry.Problem is not null)
            {
                _left.Add(entry);
                return;
            }

            try
            {
                var source = prefix + entry.Name;
                var name = entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
                // The stream goes on to the next file: it must not be closed.
                var sha256 = await store.StoreAsync(new(source, name, archive), cancellationToken).ConfigureAwait(false);
                _files.Add(new(source, sha256));
            }
            catch (MediaRejectedException rejected)
            {
                _left.Add(entry with { Problem = rejected.Message.TrimEnd('.') });
            }
        }

        private string Detail(List<ArchivedEntry> missing)
        {
            var own = _left.Count - missing.Count;
            return FormattableString.Invariant($"Opened as an archive: {_files.Count} files became jobs of their own.")
                + (missing.Count == 0 ? "" : FormattableString.Invariant($" Not opened are {missing.Count}: {Names(missing)}."))
                + (own == 0 ? "" : FormattableString.Invariant($" Passed over are {own} that are empty or a file system's own."));
        }

        private static string Names(List<ArchivedEntry> entries)
        {
            var named = string.Join("; ", entries.Take(NamedFiles).Select(entry => $"'{EntryNames.Shown(entry.Name)}' {entry.Problem}"));
            return entries.Count <= NamedFiles ? named : FormattableString.Invariant($"{named}; and {entries.Count - NamedFiles} more");
        }
    }
}
