namespace Qwen35Batch.EndToEnd.Tests.Architecture;

/// <summary>Folders can be read at a glance.</summary>
public sealed class FileTests
{
    private const int MostFiles = 25;

    [Fact]
    public void A_folder_has_at_most_25_files()
    {
        var large = Sources().GroupBy(SourceFiles.FolderOf).Where(folder => folder.Count() > MostFiles).Select(folder => $"{folder.Key}: {folder.Count()}").ToList();

        Assert.True(large.Count == 0, $"Folders with more than {MostFiles} files:\n{string.Join('\n', large)}");
    }

    private static IEnumerable<string> Sources() => SourceFiles.Of("src").Concat(SourceFiles.Of("tests")).Where(file => !SourceFiles.IsMigration(file));
}
