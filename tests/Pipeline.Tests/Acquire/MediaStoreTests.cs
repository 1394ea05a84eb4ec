using System.Security.Cryptography;
using CliWrap;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Tests.Acquire;

public sealed class MediaStoreTests : IDisposable
{
    private readonly MediaRig _rig = new();

    private TemporaryFolder Folder => _rig.Folder;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_name_that_is_not_in_UTF_8_is_called_that_and_not_missing()
    {
        // So .NET lists a file whose name is in Shift_JIS.
        var refused = await Assert.ThrowsAsync<MediaRejectedException>(() => _rig.AcquireAsync(Folder["\uFFFD\uFFFD.txt"]));

        Assert.Contains("its name is not in UTF-8", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_kept_under_its_hash_and_the_same_content_is_kept_once()
    {
        var first = await _rig.AcquireAsync(Folder.Write("a.txt", "the same words"));
        var second = await _rig.AcquireAsync(new Uri(Folder.Write("b.txt", "the same words")).AbsoluteUri);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("the same words"u8)), first.Sha256);
        Assert.Equal(Path.Combine(Folder["data"], "media", first.Sha256[..2], first.Sha256), first.Path);
        Assert.Equal(first.Path, second.Path);
        Assert.Equal([first.Path], _rig.StoredFiles);
        Assert.Equal("the same words", await File.ReadAllTextAsync(first.Path, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("it's \"quoted\" $(x) `y` -i.txt")]
    [InlineData("会議の記録 (最終版).txt")]
    [InlineData("-rf.txt")]
    [InlineData("a:b%20c.txt")]
    public async Task Any_file_name_is_only_a_name(string name)
    {
        var stored = await _rig.AcquireAsync(Folder.Write(name, "words"));

        Assert.Equal(MediaKind.Text, stored.Kind);
        Assert.Contains(name, stored.Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_that_this_data_folder_lacks_is_made_again_from_the_same_content()
    {
        var source = Folder.Write("a.txt", "the same words");
        var stored = await _rig.AcquireAsync(source);
        File.Delete(stored.Path);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(
            _ => _rig.Store.RestoreAsync(stored.Sha256, source, isElsewhere: false, TestContext.Current.CancellationToken)));

        Assert.Equal(stored.Path, _rig.Store.RequirePathOf(stored.Sha256));
        Assert.Equal([stored.Path], _rig.StoredFiles);
    }

    [Theory]
    [InlineData(true, "Start that worker")]
    [InlineData(false, "submit the source again")]
    public async Task A_copy_that_cannot_be_made_again_is_charged_to_the_job_only_where_it_was(bool isElsewhere, string advice)
    {
        var source = Folder.Write("a.txt", "the same words");
        var stored = await _rig.AcquireAsync(source);
        File.Delete(stored.Path);

        Folder.Write("a.txt", "other words");
        await FailsAsync("has another content now");
        File.Delete(source);
        await FailsAsync("a.txt");

        async Task FailsAsync(string why)
        {
            var problem = await Assert.ThrowsAsync<ResourceUnavailableException>(
                () => _rig.Store.RestoreAsync(stored.Sha256, source, isElsewhere, TestContext.Current.CancellationToken));
            Assert.Equal(!isElsewhere, problem.CountsAsAttempt);
            Assert.Contains(advice, problem.Message, StringComparison.Ordinal);
            Assert.Contains(why, problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_larger_than_allowed_is_refused_and_leaves_nothing()
    {
        using var rig = new MediaRig(options => options.MaxBytes = 1_000);

        var exception = await rig.RejectsAsync(rig.Folder.Write("big.txt", new string('x', 1_001)));

        Assert.Equal(RejectionReason.TooLarge, exception.Reason);
        Assert.Contains("big.txt", exception.Message, StringComparison.Ordinal);
        Assert.Empty(rig.StoredFiles);
        await rig.AcquireAsync(rig.Folder.Write("fits.txt", new string('x', 1_000)));
    }

    [Fact]
    public async Task An_empty_file_is_refused_as_empty() =>
        Assert.Equal(RejectionReason.Empty, (await _rig.RejectsAsync(Folder.Write("empty.mp4", ""))).Reason);

    [Fact]
    public async Task A_missing_file_and_a_folder_are_refused()
    {
        Assert.Equal(RejectionReason.SourceNotFound, (await _rig.RejectsAsync(Folder["nowhere.png"])).Reason);
        Assert.Equal(RejectionReason.SourceForbidden, (await _rig.RejectsAsync(Folder.Root)).Reason);
    }

    [Theory]
    [InlineData("ftp://example.com/a.png")]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("concat://a|b")]
    [InlineData("file://another-machine/a.png")]
    public async Task Other_addresses_are_refused(string source) =>
        Assert.Equal(RejectionReason.SourceForbidden, (await _rig.RejectsAsync(source)).Reason);

    [Fact]
    public async Task Only_files_below_an_allowed_root_are_read_symbolic_links_resolved()
    {
        using var outside = new TemporaryFolder();
        using var rig = new MediaRig();
        var root = Directory.CreateDirectory(rig.Folder["corpus"]).FullName;
        using var limited = new MediaRig(options => options.AllowedRoots = [root]);
        var inside = rig.Folder.Write("corpus/in.txt", "inside");
        var secret = outside.Write("secret.txt", "secret");
        File.CreateSymbolicLink(Path.Combine(root, "link.txt"), secret);
        Directory.CreateSymbolicLink(Path.Combine(root, "folder"), outside.Root);
        File.CreateSymbolicLink(Path.Combine(root, "within.txt"), inside);

        await limited.AcquireAsync(inside);
        await limited.AcquireAsync(Path.Combine(root, "within.txt"));
        string[] refused =
        [
            secret, Path.Combine(root, "link.txt"), Path.Combine(root, "folder", "secret.txt"),
            Path.Combine(root, "..", Path.GetFileName(rig.Folder.Write("corpus2.txt", "beside"))),
            rig.Folder.Write("corpus2/x.txt", "beside"),
        ];
        foreach (var source in refused)
            Assert.Equal(RejectionReason.SourceForbidden, (await limited.RejectsAsync(source)).Reason);
        Assert.Single(limited.StoredFiles);
    }

    [Fact]
    public async Task A_root_that_is_a_link_allows_what_lies_below_its_target()
    {
        using var target = new TemporaryFolder();
        var root = _rig.Folder["archive"];
        Directory.CreateSymbolicLink(root, target.Root);
        using var limited = new MediaRig(options => options.AllowedRoots = [root]);
        var file = target.Write("in.txt", "inside");

        await limited.AcquireAsync(file);
        await limited.AcquireAsync(Path.Combine(root, "in.txt"));

        Assert.Single(limited.StoredFiles);
    }

    [Fact]
    public async Task An_empty_list_of_roots_allows_nothing()
    {
        using var rig = new MediaRig(options => options.AllowedRoots = []);

        Assert.Equal(RejectionReason.SourceForbidden, (await rig.RejectsAsync(rig.Folder.Write("a.txt", "a"))).Reason);
    }

    [Fact]
    public async Task Pipes_devices_and_kernel_files_are_refused_without_waiting()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such files.");
        await Cli.Wrap("mkfifo").WithArguments([Folder["pipe.mp4"]]).ExecuteAsync(TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Folder["zero.png"], "/dev/zero");

        foreach (var source in new[] { Folder["pipe.mp4"], Folder["zero.png"], "/dev/zero", "/dev/stdin" })
            Assert.Equal(RejectionReason.SourceForbidden, (await _rig.RejectsAsync(source)).Reason);
        if (OperatingSystem.IsLinux())
            Assert.Equal(RejectionReason.SourceForbidden, (await _rig.RejectsAsync("/proc/self/environ")).Reason);
    }

    [Fact]
    public async Task A_full_disk_defers_and_leaves_no_partial_file()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.UserName == "root",
            "Needs a small file system of its own, which only root can mount.");
        var mount = Directory.CreateDirectory(Folder["small"]).FullName;
        var mounted = await Cli.Wrap("mount").WithArguments(["-t", "tmpfs", "-o", "size=256k", "tmpfs", mount])
            .WithValidation(CommandResultValidation.None).ExecuteAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(mounted.ExitCode == 0, "Mounting is not permitted here.");
        try
        {
            using var rig = new MediaRig(options => options.DataFolder = mount);

            var exception = await Assert.ThrowsAsync<ResourceUnavailableException>(
                () => rig.AcquireAsync(Folder.Write("large.txt", new string('x', 1_000_000))));

            Assert.False(exception.CountsAsAttempt);
            Assert.Contains(mount, exception.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFiles(mount, "*", SearchOption.AllDirectories));
        }
        finally
        {
            await Cli.Wrap("umount").WithArguments([mount]).ExecuteAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Unfinished_files_of_a_dead_process_are_swept_and_those_in_use_are_kept()
    {
        var dead = Folder.Write("data/tmp/acquire-dead", "half");
        var alive = Folder.Write("data/tmp/acquire-alive", "half");
        await using var writer = new FileStream(alive, FileMode.Open, FileAccess.Write, FileShare.None);

        _rig.Store.SweepTemporaryFiles();

        Assert.False(File.Exists(dead));
        Assert.True(File.Exists(alive));
    }

    [Fact]
    public async Task A_cancelled_copy_leaves_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _rig.Store.AcquireAsync(Folder.Write("a.txt", "words"), cancelled.Token));

        Assert.Empty(_rig.StoredFiles);
    }

    [Fact]
    public void A_name_that_is_no_hash_is_never_a_path() =>
        Assert.Throws<ArgumentException>(() => _rig.Store.PathOf("../../../etc/passwd"));
}
