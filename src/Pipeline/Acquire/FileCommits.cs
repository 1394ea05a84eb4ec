namespace Qwen35Batch.Pipeline.Acquire;

/// <summary>
/// Moves finished files to their places so that neither their content nor their names are lost when the power fails. Those that come while
/// others are being written to the disk wait and are written together: a file system then writes its journal twice for all of them, and not
/// twice for each.
/// </summary>
/// <param name="disk">What is asked to keep them.</param>
internal sealed class FileCommits(IStoreDisk disk)
{
    // What takes long is written before the others are kept waiting by it.
    private const long LargeBytes = 16L << 20;

    private readonly Lock _lock = new();
    private List<Commit> _waiting = [];
    private bool _isRunning;

    /// <summary>Moves a file; the folder is made where there is none.</summary>
    /// <param name="temporary">The finished file, closed.</param>
    /// <param name="path">Its place; what is there is replaced.</param>
    /// <exception cref="IOException">It could not be written or moved; it may lie in either place.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public async Task MoveAsync(string temporary, string path)
    {
        if (new FileInfo(temporary) is { Exists: true, Length: > LargeBytes })
            await OnThreadAsync(() => disk.Flush([temporary], (_, problem) => throw problem)).ConfigureAwait(false);
        await JoinAsync(new(temporary, path)).ConfigureAwait(false);
    }

    /// <summary>Makes sure of the name of a file that somebody else may have moved to its place just now.</summary>
    /// <param name="path">Its place.</param>
    public Task ConfirmAsync(string path) => JoinAsync(new(null, path));

    private Task JoinAsync(Commit commit)
    {
        lock (_lock)
        {
            _waiting.Add(commit);
            if (_isRunning) return commit.Done.Task;
            _isRunning = true;
        }

        _ = OnThreadAsync(Run);
        return commit.Done.Task;
    }

    // Waiting for a disk would take a thread of the pool from everything else.
    private static Task OnThreadAsync(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run()
    {
        while (true)
        {
            List<Commit> group;
            lock (_lock)
            {
                (group, _waiting) = (_waiting, []);
                _isRunning = group.Count > 0;
            }

            if (group.Count == 0) return;
            Keep(group);
        }
    }

    private void Keep(List<Commit> group)
    {
        var moved = group.Where(commit => commit.Temporary is not null).ToList();
        var failure = Try(() => disk.Flush(
            [.. moved.Select(commit => commit.Temporary!)], (index, problem) => moved[index].Problem = problem));
        foreach (var commit in moved) commit.Problem ??= failure;
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var commit in group.Where(commit => commit.Problem is null))
        {
            commit.Problem = Try(() => Move(commit, folders));
        }

        var names = folders.ToList();
        var problems = new Exception?[names.Count];
        failure = Try(() => disk.FlushFolders(names, (index, problem) => problems[index] = problem));
        for (var index = 0; index < names.Count; index++)
        {
            if ((problems[index] ?? failure) is not { } problem) continue;
            foreach (var commit in group.Where(commit => commit.IsBelow(names[index]))) commit.Problem ??= problem;
        }

        foreach (var commit in group) commit.End();
    }

    private static void Move(Commit commit, HashSet<string> folders)
    {
        var folder = Path.GetDirectoryName(commit.Path)!;
        folders.Add(folder);
        if (commit.Temporary is not { } temporary) return;
        try
        {
            File.Move(temporary, commit.Path, overwrite: true);
            return;
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException && !Directory.Exists(folder))
        {
            // It is made now.
        }

        for (var missing = folder; !Directory.Exists(missing);)
        {
            missing = Path.GetDirectoryName(missing)!;
            folders.Add(missing);
        }

        Directory.CreateDirectory(folder);
        File.Move(temporary, commit.Path, overwrite: true);
    }

    private static Exception? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception problem)
        {
            // Whoever waits for the file gets to know it.
            return problem;
        }
    }

    private sealed class Commit(string? temporary, string path)
    {
        public string? Temporary => temporary;

        public string Path => path;

        public Exception? Problem { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsBelow(string folder) => path.StartsWith(folder + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);

        public void End()
        {
            if (Problem is null) Done.SetResult();
            else Done.SetException(Problem);
        }
    }
}
