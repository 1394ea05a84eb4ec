using System.IO.Compression;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract;

/// <summary>An archive's files are taken out, bounded, and what is not is named.</summary>
public sealed class ArchiveTests : IDisposable
{
    private readonly MediaRig _rig = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Every_file_becomes_one_of_its_own_whose_source_names_the_archive()
    {
        var path = Write(("a/b.txt", "first"), ("c.txt", "second"));

        var opened = await OpenAsync(path);

        Assert.Equal([$"{path}!/a/b.txt", $"{path}!/c.txt"], opened.Files.Select(file => file.Source));
        Assert.Equal("first", await File.ReadAllTextAsync(_rig.Store.PathOf(opened.Files[0].Sha256), Cancel));
        Assert.Equal((false, "Opened as an archive: 2 files became jobs of their own."), (opened.HasGaps, opened.Detail));
        var media = await _rig.Store.AcquireKeptAsync(opened.Files[1].Source, opened.Files[1].Sha256, Cancel);
        Assert.Equal((MediaKind.Text, $"{path}!/c.txt"), (media.Kind, media.Source));
    }

    [Fact]
    public async Task What_a_file_system_keeps_for_itself_is_passed_over_and_no_gap()
    {
        var opened = await OpenAsync(Write(("a.txt", "x"), ("__MACOSX/._a.txt", "x"), (".DS_Store", "x"), ("empty.txt", "")));

        Assert.Single(opened.Files);
        Assert.False(opened.HasGaps);
        Assert.Contains("Passed over are 3", opened.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../b.txt", "leads out of the archive")]
    [InlineData("/etc/b.txt", "leads out of the archive")]
    [InlineData("x\\..\\..\\b.txt", "leads out of the archive")]
    [InlineData("C:\\b.txt", "leads out of the archive")]
    [InlineData("b\u001b.txt", "control characters")]
    [InlineData("a.txt", "name of another file")]
    public async Task A_name_that_no_job_can_have_is_told_and_its_file_stays_where_it_is(string name, string why)
    {
        var opened = await OpenAsync(Write(("a.txt", "x"), (name, "y")));

        Assert.Single(opened.Files);
        Assert.True(opened.HasGaps);
        Assert.Contains(why, opened.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(opened.Detail, char.IsControl);
        Assert.False(File.Exists(Path.Combine(_rig.Folder.Root, "b.txt")));
    }

    [Theory]
    [InlineData("utf-8", "請求書.txt")]
    [InlineData("shift_jis", "請求書.txt")]
    [InlineData("ibm437", "Straße.txt")]
    [InlineData("ibm437", "Ärger.txt")]
    public async Task Names_are_read_in_the_encoding_that_they_are_in(string encoding, string name)
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding(encoding)?.GetBytes(name) ?? Encoding.UTF8.GetBytes(name);
        var plain = new string('q', bytes.Length);
        var content = Replace(File.ReadAllBytes(Write((plain, "x"))), Encoding.ASCII.GetBytes(plain), bytes);

        var opened = await OpenAsync(_rig.Folder.Write("named.zip", content));

        Assert.EndsWith($"!/{name}", Assert.Single(opened.Files).Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encrypted_files_are_named_and_an_archive_of_nothing_else_is_encrypted()
    {
        var mixed = Marked(Write(("a.txt", "plain"), ("b.txt", "secret")), second: true);
        var whole = Marked(Write(("b.txt", "secret")), second: false);

        var opened = await OpenAsync(mixed);

        Assert.Equal((1, true), (opened.Files.Count, opened.HasGaps));
        Assert.Contains("'b.txt' is encrypted", opened.Detail, StringComparison.Ordinal);
        Assert.Equal(RejectionReason.Encrypted, (await RefusedAsync(whole)).Reason);
    }

    [Fact]
    public async Task A_damaged_file_is_named_and_the_others_are_read()
    {
        var path = Write(("a.txt", "undamaged"), ("b.txt", "damaged content"), ("c.txt", "undamaged too"));
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        bytes[bytes.AsSpan().IndexOf("b.txt"u8) + 7] ^= 0x40;

        var opened = await OpenAsync(_rig.Folder.Write("damaged.zip", bytes));

        Assert.Equal(["a.txt", "c.txt"], opened.Files.Select(file => Path.GetFileName(file.Source)));
        Assert.Contains("'b.txt' is damaged", opened.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_unpacks_beyond_all_measure_is_named()
    {
        var opened = await OpenAsync(Write(("a.txt", "x"), ("bomb.txt", new string('\0', 40_000_000))));

        Assert.Single(opened.Files);
        Assert.Contains("'bomb.txt' unpacks to more than 250 times its size", opened.Detail, StringComparison.Ordinal);
        Assert.All(_rig.StoredFiles, file => Assert.InRange(new FileInfo(file).Length, 0, 1_000_000));
    }

    [Fact]
    public async Task What_does_not_fit_into_the_bytes_allowed_is_named()
    {
        using var rig = new MediaRig(acquire => acquire.MaxArchiveBytes = 10);

        var opened = await OpenAsync(Write(("a.txt", "12345678"), ("b.txt", "12345678")), rig);

        Assert.EndsWith("a.txt", Assert.Single(opened.Files).Source, StringComparison.Ordinal);
        Assert.Contains("'b.txt' does not fit into Acquire:MaxArchiveBytes", opened.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_files_refuse_the_archive()
    {
        using var rig = new MediaRig(acquire => acquire.MaxArchiveFiles = 2);

        var refused = await RefusedAsync(Write(("a.txt", "a"), ("b.txt", "b"), ("c.txt", "c")), rig);

        Assert.Equal(RejectionReason.TooLarge, refused.Reason);
        Assert.Contains("Acquire:MaxArchiveFiles", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_within_an_archive_and_one_that_shall_not_be_opened_are_refused()
    {
        using var rig = new MediaRig(acquire => acquire.OpenArchives = false);
        var path = Write(("a.txt", "x"));

        Assert.Contains("Acquire:OpenArchives", (await RefusedAsync(path, rig)).Message, StringComparison.Ordinal);
        var inner = await Assert.ThrowsAsync<MediaRejectedException>(() => OpenAsync(path, archived: new string('0', 64)));
        Assert.Contains("an archive within an archive", inner.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_without_files_or_sense_is_refused()
    {
        Assert.Equal(RejectionReason.Empty, (await RefusedAsync(Write(("__MACOSX/a", "x")))).Reason);
        var cut = await File.ReadAllBytesAsync(Write(("a.txt", new string('x', 5_000))), Cancel);
        Assert.Equal(RejectionReason.CorruptMedia, (await RefusedAsync(_rig.Folder.Write("cut.zip", [.. cut.SkipLast(30)]))).Reason);
    }

    private async Task<StageOutcome.Opened> OpenAsync(string path, MediaRig? rig = null, string? archived = null)
    {
        rig ??= _rig;
        var job = new MediaJob(Guid.NewGuid(), path, "auto", new()) { ArchivedSha256 = archived };
        return await rig.Get<ArchiveOpener>().OpenAsync(await rig.AcquireAsync(path), job, Cancel);
    }

    private Task<MediaRejectedException> RefusedAsync(string path, MediaRig? rig = null) =>
        Assert.ThrowsAsync<MediaRejectedException>(() => OpenAsync(path, rig));

    private string Write(params (string Name, string Content)[] files)
    {
        using var target = new MemoryStream();
        using (var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return _rig.Folder.Write($"{Guid.NewGuid():N}.zip", target.ToArray());
    }

    // Sets the bit that says "encrypted" in the local and the central header of the last file.
    private string Marked(string path, bool second)
    {
        var bytes = File.ReadAllBytes(path);
        var local = second ? bytes.AsSpan(4).IndexOf("PK\u0003\u0004"u8) + 4 : 0;
        bytes[local + 6] |= 1;
        bytes[bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        return _rig.Folder.Write($"{Guid.NewGuid():N}.zip", bytes);
    }

    private static byte[] Replace(byte[] content, byte[] old, byte[] with)
    {
        for (var at = content.AsSpan().IndexOf(old); at >= 0; at = content.AsSpan().IndexOf(old))
            with.CopyTo(content.AsSpan(at));
        return content;
    }
}
