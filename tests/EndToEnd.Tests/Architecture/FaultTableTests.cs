using System.Text.RegularExpressions;

namespace Qwen35Batch.EndToEnd.Tests.Architecture;

/// <summary>The table of faults names tests that are there.</summary>
public sealed partial class FaultTableTests
{
    private static string Table => File.ReadAllText(Path.Combine(Repository.Folder, "tests", "EndToEnd.Tests", "README.md"));

    [Fact]
    public void Every_test_that_the_table_names_exists()
    {
        var named = TestName().Matches(Table).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct()
            .ToList();
        Assert.True(named.Count > 50, $"Only {named.Count} tests were found in the table: the check itself is broken.");
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Folder, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);

        Assert.Empty(named.Where(test => !sources[test.Class].Any(
            source => source.Contains($" {test.Method}(", StringComparison.Ordinal))));
    }

    [Fact]
    public void Every_fault_has_its_row() =>
        Assert.Equal(Enumerable.Range(1, 55), Row().Matches(Table).Select(match => int.Parse(match.Groups[1].ValueSpan, null)));

    [GeneratedRegex("`([A-Z][A-Za-z]*Tests)\\.([A-Za-z0-9_]+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
