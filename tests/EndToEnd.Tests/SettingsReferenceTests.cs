namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>
/// The README's tables of settings are written from the code. To write them anew, run this test with <c>QWEN35BATCH_WRITE_DOCS=1</c>.
/// </summary>
public sealed class SettingsReferenceTests
{
    private const string Begin = "<!-- settings: written by SettingsReferenceTests -->\n";
    private const string End = "<!-- /settings -->";

    [Fact]
    public async Task The_readme_tells_every_setting_its_default_and_its_meaning()
    {
        var readme = (await File.ReadAllTextAsync(Repository.Readme, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var begin = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = readme.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, "The README has lost the marks around its tables of settings.");

        var tables = SettingsReference.Write() + "\n";
        if (Environment.GetEnvironmentVariable("QWEN35BATCH_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(
                Repository.Readme, readme[..begin] + tables + readme[end..], TestContext.Current.CancellationToken);
            return;
        }

        Assert.True(
            tables == readme[begin..end],
            "The settings have changed: run this test with QWEN35BATCH_WRITE_DOCS=1, which writes the README's tables anew.");
    }
}
