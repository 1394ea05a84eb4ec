using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Tests.Acquire;
using Qwen35Batch.Pipeline.Tests.Infer;

namespace Qwen35Batch.Pipeline.Tests;

/// <summary>Whether an insight is of the whole segment.</summary>
public sealed class ReadingGapsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("<p>Total 5</p>", false)]
    [InlineData("<p>Total 5</p><img src='https://127.0.0.1/a.png'>", false)]
    [InlineData("<p>Total 5</p><svg><text>7</text><path/></svg>", true)]
    public async Task Content_that_is_not_read_makes_a_gap_and_what_is_not_in_the_file_does_not(string body, bool hasGaps)
    {
        var source = _folder.Write("page.html", $"<!doctype html><html><body>{body}</body></html>");
        await using var services = Services();
        var pipeline = services.GetRequiredService<AnalysisPipeline>();
        var plan = Assert.IsType<StageOutcome.Planned>(
            await pipeline.PlanAsync(new(Guid.NewGuid(), source, "describe", new()), Cancel));

        var done = Assert.IsType<StageOutcome.Completed>(await pipeline.AnalyseAsync(
            new()
            {
                JobId = Guid.NewGuid(),
                Source = source,
                Media = plan.Media,
                Task = plan.Task,
                Options = new(),
                Segment = Assert.Single(plan.Segments),
            },
            Cancel));

        Assert.Equal(hasGaps, done.HasGaps);
    }

    private ServiceProvider Services()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Acquire:DataFolder", _folder["data"])])
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddSingleton<IMeterFactory, TestMeterFactory>()
            .AddSingleton<IChatClient>(new ScriptedChatClient())
            .AddPipeline(configuration)
            .BuildServiceProvider();
    }
}
