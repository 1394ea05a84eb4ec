using Qwen35Batch.Worker.Commands;

namespace Qwen35Batch.Worker.Tests.Cli;

/// <summary>Wrong uses are answered with one sentence in a user's words.</summary>
public sealed class WrongUseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("purge --older-than x", "'--older-than' takes a number; 'x' is none.")]
    [InlineData("review accept nope", "'accept' takes a whole number; 'nope' is none.")]
    [InlineData("search word --count many", "'--count' takes a whole number; 'many' is none.")]
    [InlineData("run a.txt --set Engine:Kind=OpenAI --set Engine:Model=m", "Engine:BaseUrl is missing: set it to")]
    [InlineData("status --set Ledger:ConnectionString=nonsense", "Ledger:ConnectionString cannot be read (")]
    public async Task It_is_said_what_is_taken(string typed, string sentence)
    {
        var media = Path.Combine(_folder, "a.txt");
        await File.WriteAllTextAsync(media, "Some words.", TestContext.Current.CancellationToken);
        using var output = new StringWriter();
        using var error = new StringWriter();

        var words = typed.Replace("a.txt", media, StringComparison.Ordinal).Split(' ');
        var code = await CommandLine.RunAsync([.. words, "--data", Path.Combine(_folder, "data")], output, error);

        Assert.Equal(1, code);
        Assert.StartsWith(sentence, error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
        Assert.Empty(output.ToString());
    }
}
