using Qwen35Batch.Worker.Files;

namespace Qwen35Batch.Worker.Tests.Files;

public sealed class FolderWalkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-sources-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_that_links_to_one_above_it_is_read_once()
    {
        Write("a.txt");
        Write("b/c.txt");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "b", "loop"), _folder);

        Assert.Equal(["a.txt", "b/c.txt"], Match("**/*"));
    }

    [Fact]
    public void A_linked_folder_is_read_where_it_is_linked()
    {
        Write("elsewhere/d.txt");
        Write("corpus/a.txt");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "corpus", "linked"), Path.Combine(_folder, "elsewhere"));

        Assert.Equal(["corpus/a.txt", "corpus/linked/d.txt"], Match("corpus/**/*"));
    }

    [Fact]
    public void Files_come_in_a_fixed_order_and_hidden_ones_not_at_all()
    {
        foreach (var name in new[] { "b.txt", "a/b.txt", "a.txt", "a-b/c.txt", "a/.hidden.txt", ".git/d.txt", "c.jpg" }) Write(name);

        Assert.Equal(["a/b.txt", "a-b/c.txt", "a.txt", "b.txt"], Match("**/*.txt"));
        Assert.Equal(["c.jpg"], Match("*.jpg"));
        Assert.Equal(["a/b.txt"], Match("a/*"));
    }

    [Fact]
    public void A_folder_is_listed_as_far_as_it_is_asked_for()
    {
        for (var number = 0; number < 10; number++) Write($"{number}/a.txt");
        using var files = new FolderWalk(["**/*"], null).Files(_folder).GetEnumerator();
        Assert.True(files.MoveNext());
        Write("9/b.txt");

        var rest = 0;
        while (files.MoveNext()) rest++;

        Assert.Equal(10, rest);
    }

    [Fact]
    public void A_folder_that_goes_while_the_others_are_listed_is_passed_over_and_told()
    {
        for (var number = 0; number < 3; number++) Write($"{number}/a.txt");
        var told = new List<string>();
        using var files = new FolderWalk(["**/*"], (folder, _) => told.Add(Path.GetRelativePath(_folder, folder)))
            .Files(_folder)
            .GetEnumerator();
        Assert.True(files.MoveNext());
        Directory.Delete(Path.Combine(_folder, "1"), recursive: true);

        Assert.True(files.MoveNext());

        Assert.Equal(Path.Combine(_folder, "2", "a.txt"), files.Current);
        Assert.Equal(["1"], told);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error() =>
        Assert.Throws<DirectoryNotFoundException>(() => new FolderWalk(["*"], (_, _) => { }).Files(Path.Combine(_folder, "none")).ToList());

    private List<string> Match(string glob) =>
        [.. new FolderWalk([glob], null).Files(_folder).Select(path => Path.GetRelativePath(_folder, path))];

    private void Write(string name)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "Words.");
    }
}
