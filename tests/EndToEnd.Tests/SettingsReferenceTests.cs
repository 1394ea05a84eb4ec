namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>
/// The tables of settings in <c>docs/settings.md</c> are written from the code. To write them anew, run this test with
/// <c>QWEN35BATCH_WRITE_DOCS=1</c>.
/// </summary>
public sealed class SettingsReferenceTests
{
    private const string Begin = "<!-- settings: written by SettingsReferenceTests -->\n";
    private const string End = "<!-- /settings -->";

    private static string Reference => Path.Combine(Repository.Folder, "docs", "settings.md");

    [Fact]
    public async Task The_reference_tells_every_setting_its_default_and_its_meaning()
    {
        var text = (await File.ReadAllTextAsync(Reference, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, "docs/settings.md has lost the marks around its tables.");

        var tables = SettingsReference.Write() + "\n";
        if (Environment.GetEnvironmentVariable("QWEN35BATCH_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(
                Reference, text[..begin] + tables + text[end..], TestContext.Current.CancellationToken);
            return;
        }

        Assert.True(
            tables == text[begin..end],
            "The settings have changed: run this test with QWEN35BATCH_WRITE_DOCS=1, which writes docs/settings.md anew.");
    }
}
