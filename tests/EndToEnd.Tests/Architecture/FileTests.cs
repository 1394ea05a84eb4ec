namespace Qwen35Batch.EndToEnd.Tests.Architecture;

/// <summary>Folders can be read at a glance.</summary>
public sealed class FileTests
{
    private const int MostFiles = 25;
    private const int MostCharacters = 140;
    private const int MostCharactersOfReadme = 120;

    [Fact]
    public void A_folder_has_at_most_25_files()
    {
        var large = Sources()
            .GroupBy(SourceFiles.FolderOf)
            .Where(folder => folder.Count() > MostFiles)
            .Select(folder => $"{folder.Key}: {folder.Count()}")
            .ToList();

        Assert.True(large.Count == 0, $"Folders with more than {MostFiles} files:\n{string.Join('\n', large)}");
    }

    [Fact]
    public void A_line_has_at_most_140_characters()
    {
        var wide = Sources()
            .SelectMany(file => TooWide(file, File.ReadLines(Path.Combine(Repository.Folder, file)), MostCharacters))
            .ToList();

        Assert.True(wide.Count == 0, $"{wide.Count} lines are longer than {MostCharacters} characters:\n{string.Join('\n', wide)}");
    }

    [Fact]
    public void A_line_of_the_readme_has_at_most_120_characters_outside_tables_and_code()
    {
        var isCode = false;
        var text = File.ReadLines(Repository.Readme).Select(line =>
        {
            isCode ^= line.StartsWith("```", StringComparison.Ordinal);
            // An image is one word: its description cannot be broken off.
            return isCode || line.StartsWith('|') || line.StartsWith("![", StringComparison.Ordinal) ? "" : line;
        });

        var wide = TooWide("README.md", text, MostCharactersOfReadme).ToList();

        Assert.True(wide.Count == 0, $"{wide.Count} lines are longer than {MostCharactersOfReadme} characters:\n{string.Join('\n', wide)}");
    }

    private static IEnumerable<string> TooWide(string file, IEnumerable<string> lines, int most) =>
        lines.Select((line, index) => (line.Length, Number: index + 1))
            .Where(line => line.Length > most)
            .Select(line => $"{file}({line.Number}): {line.Length}");

    private static IEnumerable<string> Sources() =>
        SourceFiles.Of("src").Concat(SourceFiles.Of("tests")).Where(file => !SourceFiles.IsMigration(file));
}
