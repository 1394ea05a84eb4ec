using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.Configuration;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Hosting;

namespace Qwen35Batch.EndToEnd.Tests.Docker;

/// <summary>What the container files name is there.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Folder = Path.Combine(Repository.Folder, "docker");

    /// <summary>The worker passes over plain variables of the environment that it does not know, such as misspelt ones.</summary>
    [Theory]
    [InlineData("compose.yaml", 8)]
    [InlineData("compose.vllm.yaml", 3)]
    public async Task Settings_of_the_worker_are_settings_that_there_are(string file, int least)
    {
        var variables = Setting().Matches(await ReadAsync(file)).ToDictionary(
            match => match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal),
            match => (string?)Variable().Replace(match.Groups[2].Value.Trim('"'), "x"));
        Assert.True(variables.Count >= least, $"Only {variables.Count} settings were found in {file}: the test itself is broken.");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(variables).Build();

        Assert.Empty(SettingsCheck.FindProblems(configuration, OptionSections.All));
    }

    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("compose.vllm.yaml")]
    public async Task What_is_mounted_is_there_or_is_a_volume(string file)
    {
        var content = await ReadAsync(file);
        var sources = Mount().Matches(content).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.True(
            source[0] == '.'
                ? Path.Exists(Path.Combine(Folder, source))
                : Regex.IsMatch(content, $"^  {Regex.Escape(source)}:\\s*$", RegexOptions.Multiline),
            $"{file} mounts {source}, which is neither a file beside it nor one of its volumes."));
    }

    [Fact]
    public async Task The_image_builds_every_project_and_runs_the_program_with_options_that_it_has()
    {
        var image = await ReadAsync("Worker.Dockerfile");
        var projects = Directory.EnumerateFiles(Path.Combine(Repository.Folder, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileName(Path.GetDirectoryName(path)!)).Order(StringComparer.Ordinal);
        Assert.Equal(projects, Project().Matches(image).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.All(
            Copied().Matches(image).SelectMany(match => match.Groups[1].Value.Split(' ')),
            path => Assert.True(Path.Exists(Path.Combine(Repository.Folder, path)), $"The image copies {path}, which is not there."));

        var name = XDocument.Load(Path.Combine(Repository.Folder, "src/Worker/Worker.csproj")).Descendants("AssemblyName").Single().Value;
        Assert.Contains($"ENTRYPOINT [\"dotnet\", \"/app/{name}.dll\"]", image, StringComparison.Ordinal);
        var command = Command().Match(image).Groups[1].Value.Split(", ").Select(word => word.Trim('"')).ToList();
        var help = (await WorkerProcess.RunAsync(command[0], "--help")).Output;
        Assert.Equal(["--urls", "--data"], command.Where(word => word.StartsWith("--", StringComparison.Ordinal)));
        Assert.All(
            command.Where(word => word.StartsWith("--", StringComparison.Ordinal)),
            option => Assert.Contains(option, help, StringComparison.Ordinal));
    }

    private static Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(Path.Combine(Folder, file), TestContext.Current.CancellationToken);

    [GeneratedRegex(@"^ {6}(\w+(?:__\w+)+): (.+)$", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex(@"\$\{[^}]+\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^ {6}- (?:\$\{\w+:-)?([.\w][^:}\s]*)\}?:/", RegexOptions.Multiline)]
    private static partial Regex Mount();

    [GeneratedRegex(@"^COPY src/(\w+)/\*\.csproj", RegexOptions.Multiline)]
    private static partial Regex Project();

    [GeneratedRegex(@"^COPY (?!--)([^*\n]+) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copied();

    [GeneratedRegex(@"^CMD \[(.+)\]$", RegexOptions.Multiline)]
    private static partial Regex Command();
}
