using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Tests.Acquire;

/// <summary>Acquire and Extract as the product wires them, over a temporary data folder.</summary>
internal sealed class MediaRig : IDisposable
{
    private readonly ServiceProvider _services;

    public MediaRig(
        Action<AcquireOptions>? acquire = null, Action<ExtractOptions>? extract = null, ReaderProgram? program = null,
        Action<ToolOptions>? tools = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging(log => log.SetMinimumLevel(LogLevel.Debug).AddProvider(Started));
        services.AddMediaStages();
        services.Configure<AcquireOptions>(options =>
        {
            options.DataFolder = Folder["data"];
            acquire?.Invoke(options);
        });
        services.Configure<ExtractOptions>(options => extract?.Invoke(options));
        services.Configure<ToolOptions>(options => tools?.Invoke(options));
        if (program is not null)
            services.AddSingleton(program);
        _services = services.BuildServiceProvider();
    }

    public TemporaryFolder Folder { get; } = new();

    /// <summary>The tools that ran.</summary>
    public ToolStarts Started { get; } = new();

    public MediaStore Store => Get<MediaStore>();

    public IEnumerable<string> StoredFiles => Directory.Exists(Folder["data"])
        ? Directory.EnumerateFiles(Folder["data"], "*", SearchOption.AllDirectories)
        : [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<StoredMedia> AcquireAsync(string source) => Store.AcquireAsync(source, Token);

    public async Task<MediaDescription> DescribeAsync(string source) =>
        await Get<MediaProbe>().DescribeAsync(await AcquireAsync(source), Token);

    public async Task<IReadOnlyList<ExtractedSegment>> ExtractAsync(
        string source, MediaSettings? settings = null, JobOptions? options = null, WaveOutput wave = WaveOutput.Omit)
    {
        var media = await DescribeAsync(source);
        var extracted = new List<ExtractedSegment>();
        foreach (var segment in SegmentPlanner.Plan(media, settings ?? new(), options ?? new()))
            extracted.Add(await Get<SegmentExtractor>().ExtractAsync(media, segment, settings ?? new(), options ?? new(), wave, Token));
        return extracted;
    }

    public Task<MediaRejectedException> RejectsAsync(string source) =>
        Assert.ThrowsAsync<MediaRejectedException>(() => ExtractAsync(source));

    public void Dispose()
    {
        _services.Dispose();
        Folder.Dispose();
    }
}
