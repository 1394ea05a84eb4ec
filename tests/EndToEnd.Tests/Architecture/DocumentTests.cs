using System.Text.RegularExpressions;

namespace Qwen35Batch.EndToEnd.Tests.Architecture;

/// <summary>What the documents at the root name is there.</summary>
public sealed partial class DocumentTests
{
    [Theory]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("README.md")]
    public async Task Every_file_and_folder_that_is_named_exists(string document)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Folder, document), TestContext.Current.CancellationToken);

        var named = Paths().Matches(text).Select(match => match.Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, path => !Path.Exists(Path.Combine(Repository.Folder, path)));
    }

    [GeneratedRegex(@"(?<=[`(])(src|tests|docs|docker|tools|models|samples)/[A-Za-z0-9_./-]*[A-Za-z0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex Paths();
}
