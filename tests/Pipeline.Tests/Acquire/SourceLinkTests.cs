using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tests.Extract;
using Qwen35Batch.Pipeline.Viewing;

namespace Qwen35Batch.Pipeline.Tests.Acquire;

/// <summary>Files that are used where they lie: nothing is copied, and a changed file is not taken for what it was.</summary>
public sealed class SourceLinkTests : IDisposable
{
    private readonly MediaRig _rig = new(options => options.Copy = SourceCopy.Never);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_local_file_is_read_where_it_lies()
    {
        var source = _rig.Folder.Write("two.pdf", PdfFile.OfLines("First page", "Second page"));

        var media = await _rig.DescribeAsync(source);
        var pages = await _rig.ExtractAsync(source);

        Assert.Equal(["First page", "Second page"], pages.Select(page => page.Text!.Trim()));
        var path = _rig.Store.RequirePathOf(media.Sha256);
        Assert.Equal(source, new FileInfo(path).LinkTarget);
        Assert.All(_rig.StoredFiles.Where(file => file != path), file => Assert.True(new FileInfo(file).Length < 100, file));
    }

    [Fact]
    public async Task A_changed_file_is_not_what_was_read()
    {
        var source = _rig.Folder.Write("a.txt", "the same words");
        var stored = await _rig.AcquireAsync(source);

        await File.WriteAllTextAsync(source, "other words now", Token);

        Assert.False(_rig.Store.Has(stored.Sha256));
        var problem = await Assert.ThrowsAsync<ResourceUnavailableException>(
            () => _rig.Store.RestoreAsync(stored.Sha256, source, isElsewhere: false, Token));
        Assert.Contains("has another content now", problem.Message, StringComparison.Ordinal);
        Assert.Throws<ResourceUnavailableException>(() => _rig.Store.RequirePathOf(stored.Sha256));
    }

    [Fact]
    public async Task A_file_with_a_new_time_and_the_same_content_is_read_again_and_kept()
    {
        var source = _rig.Folder.Write("a.txt", "the same words");
        var stored = await _rig.AcquireAsync(source);

        File.SetLastWriteTimeUtc(source, new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.False(_rig.Store.Has(stored.Sha256));
        await _rig.Store.RestoreAsync(stored.Sha256, source, isElsewhere: false, Token);

        Assert.Equal("the same words", await File.ReadAllTextAsync(_rig.Store.RequirePathOf(stored.Sha256), Token));
    }

    [Fact]
    public async Task A_file_that_is_gone_is_missed_and_another_of_the_same_content_takes_its_place()
    {
        var source = _rig.Folder.Write("a.txt", "the same words");
        var stored = await _rig.AcquireAsync(source);
        File.Delete(source);
        Assert.False(_rig.Store.Has(stored.Sha256));

        var other = _rig.Folder.Write("b.txt", "the same words");
        Assert.Equal(stored.Sha256, (await _rig.AcquireAsync(other)).Sha256);

        Assert.Equal(other, new FileInfo(_rig.Store.RequirePathOf(stored.Sha256)).LinkTarget);
    }

    [Fact]
    public async Task What_is_removed_is_the_link_and_an_unfinished_one_is_swept()
    {
        var source = _rig.Folder.Write("a.txt", "the same words");
        var stored = await _rig.AcquireAsync(source);
        var unfinished = Path.Combine(_rig.Folder["data"], "tmp", "acquire-1");
        File.CreateSymbolicLink(unfinished, source);
        var copies = new StoredCopies(_rig.Store, _rig.Get<DocumentStore>());
        Assert.Equal(0, copies.Length(stored.Sha256));

        copies.Remove(stored.Sha256);
        _rig.Store.SweepTemporaryFiles();

        Assert.Empty(_rig.StoredFiles);
        Assert.Equal("the same words", await File.ReadAllTextAsync(source, Token));
    }

    [Fact]
    public async Task A_link_becomes_a_copy_when_files_are_copied_again()
    {
        var source = _rig.Folder.Write("a.txt", "the same words");
        var stored = await _rig.AcquireAsync(source);
        using var copying = new MediaStore(
            Microsoft.Extensions.Options.Options.Create(new AcquireOptions { DataFolder = _rig.Folder["data"] }),
            _rig.Get<Sources>(),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<MediaStore>.Instance);

        await copying.AcquireAsync(source, Token);

        Assert.False(SourceLink.IsAt(stored.Path));
        Assert.Equal([stored.Path], _rig.StoredFiles);
    }

    [Fact]
    public async Task A_hard_link_outlives_the_file_and_ends_with_a_change_in_place()
    {
        using var rig = new MediaRig(options => options.Copy = SourceCopy.HardLink);
        var source = rig.Folder.Write("a.txt", "the same words");
        var stored = await rig.AcquireAsync(source);
        // Where it lies on another file system, or on another system, it is a copy.
        Assert.Equal(OperatingSystem.IsLinux() ? 0 : 14, new StoredCopies(rig.Store, rig.Get<DocumentStore>()).Length(stored.Sha256));
        Assert.Null(new FileInfo(stored.Path).LinkTarget);

        File.Move(source, source + ".old");
        Assert.Equal("the same words", await File.ReadAllTextAsync(rig.Store.RequirePathOf(stored.Sha256), Token));

        await File.WriteAllTextAsync(source + ".old", "other words now", Token);
        Assert.Equal(!OperatingSystem.IsLinux(), rig.Store.Has(stored.Sha256));
    }

    [Fact]
    public async Task A_file_that_can_have_no_other_name_here_is_copied()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "There is no second file system.");
        using var rig = new MediaRig(options => options.Copy = SourceCopy.HardLink);
        var source = Path.Combine("/dev/shm", $"{Guid.NewGuid():N}.txt");
        await File.WriteAllTextAsync(source, "words elsewhere", Token);
        try
        {
            var stored = await rig.AcquireAsync(source);

            Assert.Equal([stored.Path], rig.StoredFiles);
            await File.WriteAllTextAsync(source, "changed", Token);
            Assert.Equal("words elsewhere", await File.ReadAllTextAsync(rig.Store.RequirePathOf(stored.Sha256), Token));
        }
        finally
        {
            File.Delete(source);
        }
    }

    [Fact]
    public async Task An_unfinished_hard_link_is_swept_and_its_file_is_not_touched()
    {
        var source = _rig.Folder.Write("a.txt", "the same words");
        var unfinished = Path.Combine(_rig.Folder["data"], "tmp", "link-1");
        Directory.CreateDirectory(Path.GetDirectoryName(unfinished)!);
        using (var file = File.OpenHandle(source)) Assert.SkipUnless(FileClone.TryLink(file, unfinished), "There are no hard links.");
        await using var reader = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read);

        _rig.Store.SweepTemporaryFiles();

        Assert.Empty(_rig.StoredFiles);
        Assert.Equal("the same words", await File.ReadAllTextAsync(source, Token));
    }

    [Theory]
    [InlineData(SourceCopy.Auto)]
    [InlineData(SourceCopy.Always)]
    public async Task A_copy_is_its_own_whether_blocks_are_shared_or_not(SourceCopy copy)
    {
        using var rig = new MediaRig(options => options.Copy = copy);
        var source = rig.Folder.Write("a.txt", "the same words");
        var stored = await rig.AcquireAsync(source);

        await using (var file = new FileStream(source, FileMode.Open)) await file.WriteAsync("THE"u8.ToArray(), Token);

        Assert.Equal([stored.Path], rig.StoredFiles);
        Assert.Equal("the same words", await File.ReadAllTextAsync(rig.Store.RequirePathOf(stored.Sha256), Token));
    }

    [Fact]
    public async Task A_file_outside_the_allowed_folders_is_forbidden_all_the_same()
    {
        using var rig = new MediaRig(options => (options.Copy, options.AllowedRoots) = (SourceCopy.Never, ["/nowhere"]));

        var problem = await Assert.ThrowsAsync<MediaRejectedException>(() => rig.AcquireAsync(_rig.Folder.Write("a.txt", "words")));

        Assert.Equal(RejectionReason.SourceForbidden, problem.Reason);
    }
}
