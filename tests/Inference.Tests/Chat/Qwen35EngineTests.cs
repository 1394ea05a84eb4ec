using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;

namespace Qwen35Batch.Inference.Tests.Chat;

public sealed class Qwen35EngineTests(TinyEngine tiny) : IClassFixture<TinyEngine>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_checkpoint_is_converted_once_and_the_converted_folder_opens_as_the_same_model()
    {
        var reports = new List<ConversionProgress>();
        var folder = Assert.Single(Directory.GetDirectories(tiny.Options.CacheFolder!));

        await using var again = await Qwen35Engine.OpenAsync(tiny.Options, new Collected(reports), NullLoggerFactory.Instance, Cancelled);
        var options = tiny.Options;
        options.ModelFolder = folder;
        await using var converted = await Qwen35Engine.OpenAsync(options, new Collected(reports), NullLoggerFactory.Instance, Cancelled);

        Assert.Empty(reports);
        Assert.Equal(tiny.Engine.ModelIdentity, again.ModelIdentity);
        Assert.Equal(tiny.Engine.ModelIdentity, converted.ModelIdentity);
        Assert.True(converted.BytesPerSlot > 0);
    }

    [Fact]
    public async Task Whoever_needs_a_checkpoint_that_is_being_converted_waits_for_it_and_what_is_incomplete_is_converted_again()
    {
        var options = tiny.Options;
        options.CacheFolder = Path.Combine(tiny.Options.CacheFolder!, "..", Path.GetRandomFileName());
        List<ConversionProgress>[] reports = [[], [], []];
        try
        {
            var folders = await Task.WhenAll(
                reports.Select(
                    list => Task.Run(() => ModelSource.OpenAsync(options, new Collected(list), NullLogger.Instance, Cancelled))));

            Assert.Single(folders.Select(folder => folder.Identity).Distinct());
            Assert.Single(reports, list => list.Count > 0);

            // What an older converter left lacks a file that is needed today.
            var again = new List<ConversionProgress>();
            File.Delete(Path.Combine(folders[0].FolderPath, "vision.onnx"));
            await ModelSource.OpenAsync(options, new Collected(again), NullLogger.Instance, Cancelled);
            Assert.NotEmpty(again);
        }
        finally
        {
            Directory.Delete(options.CacheFolder, recursive: true);
        }
    }

    [Fact]
    public async Task A_slot_is_never_longer_than_the_model_knows_positions()
    {
        var options = tiny.Options;
        options.Slots = 1;
        options.MaxSequenceTokens = 1_048_576;

        await using var engine = await Qwen35Engine.OpenAsync(options, null, NullLoggerFactory.Instance, Cancelled);

        Assert.Equal(ModelConfig.Read(options.ModelFolder).Text.MaxPositions, engine.MaxSequenceTokens);
    }

    [Theory]
    [InlineData("nowhere", "there is no such folder")]
    [InlineData("Data", "neither text.onnx")]
    public async Task A_wrong_folder_is_a_sentence_that_says_what_to_do(string folder, string expected)
    {
        var options = tiny.Options;
        options.ModelFolder = Path.Combine(AppContext.BaseDirectory, folder);

        var error = await Assert.ThrowsAsync<ModelFormatException>(
            () => Qwen35Engine.OpenAsync(options, null, NullLoggerFactory.Instance, Cancelled));

        Assert.Contains(options.ModelFolder, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("qwen35batch model convert", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_opens_the_engine_with_the_first_call_and_stops_it_with_itself()
    {
        await using var services = Services(new() { ["Engine:Slots"] = "2", ["Engine:MaxSequenceTokens"] = "256" });
        var host = services.GetRequiredService<Qwen35EngineHost>();
        await services.GetServices<IHostedService>().OfType<Qwen35EngineHost>().Single().StartAsync(Cancelled);
        Assert.Null(host.Statistics);

        var client = services.GetRequiredService<IChatClient>();
        var answer = await client.GetResponseAsync("Hi", new ChatOptions { MaxOutputTokens = 3 }, Cancelled);
        var streamed = await client.GetStreamingResponseAsync("Hi", new ChatOptions { MaxOutputTokens = 3 }, Cancelled)
            .ToChatResponseAsync(Cancelled);

        Assert.Equal(answer.Text, streamed.Text);
        Assert.Equal(2, host.Statistics!.Slots);
        Assert.Equal(answer.ModelId, await host.ModelIdentityAsync(Cancelled));
        await host.StopAsync(Cancelled);
        await Assert.ThrowsAsync<EngineStoppedException>(() => client.GetResponseAsync("Hi", null, Cancelled));
    }

    [Fact]
    public async Task A_host_does_not_start_with_a_wrong_model_folder()
    {
        await using var services = Services(new() { ["Engine:ModelFolder"] = "/nowhere" });

        await Assert.ThrowsAsync<ModelFormatException>(() => services.GetRequiredService<Qwen35EngineHost>().StartAsync(Cancelled));
    }

    [Theory]
    [InlineData("Engine:Slots", "0", "Engine:Slots must be between 1 and 1024.")]
    [InlineData("Engine:ModelFolder", "", "Engine:ModelFolder is missing.")]
    [InlineData("Engine:PrefixCacheBytes", "-1", "Engine:PrefixCacheBytes must be 0 or more.")]
    public async Task A_wrong_option_is_a_sentence_that_names_the_key(string key, string value, string expected)
    {
        await using var services = Services(new() { [key] = value });

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private ServiceProvider Services(Dictionary<string, string?> settings)
    {
        settings.TryAdd("Engine:ModelFolder", tiny.Options.ModelFolder);
        settings.TryAdd("Engine:CacheFolder", tiny.Options.CacheFolder);
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddQwen35Engine()
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    private sealed class Collected(List<ConversionProgress> reports) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => reports.Add(value);
    }
}
