using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Pipeline.Tests.Acquire;

/// <summary>Files that are written to the disk together.</summary>
public sealed class FileCommitsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HeldDisk _disk = new();

    public void Dispose()
    {
        _disk.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_has_its_place_after_its_content_and_before_its_name_is_safe()
    {
        var (temporary, path) = File("a");
        _disk.Release();

        _disk.OnFlush = _ => Assert.False(System.IO.File.Exists(path));
        _disk.OnFlushFolder = _ => Assert.True(System.IO.File.Exists(path));
        await new FileCommits(_disk).MoveAsync(temporary, path);

        Assert.Equal("a", await System.IO.File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal(["tmp/a", "media/a/", "media/", "./"], _disk.Done.Select(Short));
    }

    [Fact]
    public async Task Those_that_come_while_the_disk_writes_are_written_together_and_each_folder_once()
    {
        var commits = new FileCommits(_disk);
        var first = commits.MoveAsync(File("a0").Temporary, File("a0").Path);
        await _disk.Entered;
        var others = new[] { "b1", "b2", "c1" }.Select(name => commits.MoveAsync(File(name).Temporary, File(name).Path)).ToList();
        Assert.DoesNotContain(others, other => other.IsCompleted);

        _disk.Release();
        await Task.WhenAll([first, .. others]);

        Assert.Equal(
            ["tmp/a0", "media/a/", "media/", "./", "tmp/b1 tmp/b2 tmp/c1", "media/b/", "media/", "media/c/"], _disk.Done.Select(Short));
        Assert.All(new[] { "a0", "b1", "b2", "c1" }, name => Assert.True(System.IO.File.Exists(File(name).Path), name));
    }

    [Fact]
    public async Task One_that_cannot_be_written_stays_where_it_is_and_takes_no_other_down()
    {
        var commits = new FileCommits(_disk);
        var first = commits.MoveAsync(File("a").Temporary, File("a").Path);
        await _disk.Entered;
        var (bad, good) = (File("bad"), File("good"));
        _disk.Bad = bad.Temporary;
        var (failing, other) = (commits.MoveAsync(bad.Temporary, bad.Path), commits.MoveAsync(good.Temporary, good.Path));

        _disk.Release();
        await Task.WhenAll(first, other);

        Assert.Equal("no", (await Assert.ThrowsAsync<IOException>(() => failing)).Message);
        Assert.True(System.IO.File.Exists(bad.Temporary));
        Assert.False(System.IO.File.Exists(bad.Path));
        Assert.True(System.IO.File.Exists(good.Path));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_fails_those_that_lie_in_it()
    {
        var commits = new FileCommits(_disk);
        var (here, there) = (File("a"), File("b"));
        _disk.Bad = Path.GetDirectoryName(here.Path);
        var first = commits.MoveAsync(there.Temporary, there.Path);
        await _disk.Entered;
        var failing = commits.MoveAsync(here.Temporary, here.Path);
        _disk.Release();

        await first;
        Assert.Equal("no", (await Assert.ThrowsAsync<IOException>(() => failing)).Message);
    }

    [Fact]
    public async Task Whatever_goes_wrong_is_told_and_the_next_file_is_kept()
    {
        var commits = new FileCommits(_disk);
        var (bad, good) = (File("a"), File("b"));
        _disk.Release();
        _disk.OnFlush = _ => throw new InvalidOperationException("unheard of");
        await Assert.ThrowsAsync<InvalidOperationException>(() => commits.MoveAsync(bad.Temporary, bad.Path));

        _disk.OnFlush = _ => { };
        await commits.MoveAsync(good.Temporary, good.Path);

        Assert.False(System.IO.File.Exists(bad.Path));
        Assert.True(System.IO.File.Exists(good.Path));
    }

    [Fact]
    public async Task A_large_file_is_written_before_others_wait_for_it()
    {
        var (temporary, path) = File("a");
        await using (var file = new FileStream(temporary, FileMode.Open)) file.SetLength(17 << 20);
        _disk.Release();

        await new FileCommits(_disk).MoveAsync(temporary, path);

        Assert.Equal(["tmp/a", "tmp/a"], _disk.Done.Select(Short).Take(2));
    }

    private (string Temporary, string Path) File(string name)
    {
        var (temporary, path) = (Path.Combine(_folder["tmp"], name), Path.Combine(_folder["media"], name[..1], name));
        if (!System.IO.File.Exists(path) && !System.IO.File.Exists(temporary))
        {
            Directory.CreateDirectory(_folder["tmp"]);
            System.IO.File.WriteAllText(temporary, name);
        }

        return (temporary, path);
    }

    private string Short(string done) =>
        string.Join(
            ' ',
            done.Split('|').Select(path => Path.GetRelativePath(_folder["."], path.TrimEnd('/')) + (path.EndsWith('/') ? "/" : "")));

    /// <summary>A disk that writes nothing until it is told to.</summary>
    private sealed class HeldDisk : IStoreDisk, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Done { get; } = [];

        public string? Bad { get; set; }

        public Action<string> OnFlush { get; set; } = _ => { };

        public Action<string> OnFlushFolder { get; set; } = _ => { };

        public Task Entered => _entered.Task;

        public void Release() => _released.Set();

        public void Flush(IReadOnlyList<string> paths, Action<int, Exception> failed)
        {
            _entered.TrySetResult();
            _released.Wait(Hang.Limit);
            Done.Add(string.Join('|', paths));
            for (var index = 0; index < paths.Count; index++)
            {
                OnFlush(paths[index]);
                if (paths[index] == Bad) failed(index, new IOException("no"));
            }
        }

        public void FlushFolders(IReadOnlyList<string> folders, Action<int, Exception> failed)
        {
            for (var index = 0; index < folders.Count; index++)
            {
                OnFlushFolder(folders[index]);
                Done.Add(folders[index] + "/");
                if (folders[index] == Bad) failed(index, new IOException("no"));
            }
        }

        public void Dispose() => _released.Dispose();
    }
}
