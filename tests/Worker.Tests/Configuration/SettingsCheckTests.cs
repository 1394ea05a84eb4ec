using Microsoft.Extensions.Configuration;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Hosting;

namespace Qwen35Batch.Worker.Tests.Configuration;

public sealed class SettingsCheckTests
{
    [Theory]
    [InlineData("Bus:Transport", "Rabbit", "Bus:Transport is 'Rabbit'; it takes InMemory or RabbitMq.")]
    [InlineData("Bus:Transport", "1", "Bus:Transport is '1'; it takes InMemory or RabbitMq.")]
    [InlineData("Bus:Port", "70000", "Bus:Port is 70000; it takes a value from 1 to 65535.")]
    [InlineData("Bus:Port", "many", "Bus:Port is 'many'; it takes a whole number.")]
    [InlineData("Stages:LeaseDuration", "90 s", "Stages:LeaseDuration is '90 s'; it takes a time span such as 00:01:30.")]
    [InlineData("Stages:LeaseDuration", "02:00:00", "Stages:LeaseDuration is 02:00:00; it takes a value from 00:00:03 to 01:00:00.")]
    [InlineData("Bus:UseTls", "perhaps", "Bus:UseTls is 'perhaps'; it takes true or false.")]
    [InlineData("Corpora:scans:Priority", "high", "Corpora:scans:Priority is 'high'; it takes a whole number.")]
    [InlineData("Acquire:AllowedRoots", "/media", null)]
    public void A_value_that_does_not_fit_is_named_with_what_would(string key, string value, string? problem)
    {
        Assert.Equal(problem is null ? [] : [problem], Problems((key, value)));
    }

    [Fact]
    public void An_unknown_key_is_named_with_the_known_ones()
    {
        var problem = Assert.Single(Problems(("Http:Url", "http://127.0.0.1:1")));

        Assert.Equal(
            "The setting 'Http:Url' is not known; Http has Urls, Hosts, KeysFile, Proxies, ProxyRole, MaxBodyBytes and MaxBatch.", problem);
    }

    [Fact]
    public void An_unknown_key_within_a_named_corpus_is_found()
    {
        Assert.StartsWith(
            "The setting 'Corpora:scans:Foldr' is not known; Corpora:scans has Folder, ",
            Assert.Single(Problems(("Corpora:scans:Foldr", "/scans"))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_section_is_named_with_the_known_ones()
    {
        Assert.StartsWith(
            "The setting 'Buss' is not known; the sections are Bus, Ledger, ",
            Assert.Single(Problems(("Buss:Transport", "InMemory"))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        Assert.Equal(2, Problems(("Bus:Port", "x"), ("Http:MaxBatch", "0")).Count);
    }

    [Fact]
    public void The_sections_of_dotnet_are_left_alone()
    {
        Assert.Empty(
            Problems(("Logging:LogLevel:Default", "Debug"), ("Kestrel:Limits:KeepAliveTimeout", "00:01:00"), ("AllowedHosts", "*")));
    }

    [Theory]
    [InlineData(
        "{ \"Bus\": {\n  \"Transport\": \"InMemory\"\n  \"Port\": 1 } }",
        "cannot be read: line 3, column 3: '\"' is invalid after a value.")]
    [InlineData("\uFEFF{ // a comment\n  \"Bus\": { \"Port\": 1, },\n", "cannot be read: line 3, column 1: Expected ")]
    [InlineData("[]", "holds no JSON object, such as")]
    public void A_broken_file_is_named_with_line_and_column(string content, string sentence)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, content);

        var refused = Assert.Throws<SettingsException>(
            () => ConfigurationSources.AddAll(new ConfigurationBuilder(), new() { SettingsFile = file }));

        File.Delete(file);
        Assert.StartsWith($"The settings file '{file}' {sentence}", Assert.Single(refused.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", refused.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Problems(params (string Key, string Value)[] values) => SettingsCheck.FindProblems(
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)).Build(),
        OptionSections.All);
}
