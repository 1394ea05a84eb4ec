using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Benchmarks.Extraction;

/// <summary>The segments of a media item, taken out as the worker takes them: in order, a number of them at once.</summary>
internal sealed class ExtractionRun : IAsyncDisposable
{
    private static readonly EndpointOptions Endpoint = new() { BaseUrl = new("http://vllm:8000/v1"), Model = "model" };

    private readonly ServiceProvider _services;
    private readonly RequestWriter _writer = new(Endpoint, NoVocabularies.Instance);
    private int _pictures;
    private long _sentBytes;

    public ExtractionRun(string folder)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddMediaStages();
        services.Configure<AcquireOptions>(options => options.DataFolder = Path.Combine(folder, "data"));
        _services = services.BuildServiceProvider();
    }

    /// <summary>The pictures of the last run.</summary>
    public int Pictures => _pictures;

    /// <summary>The bodies of the requests of the last run.</summary>
    public long SentBytes => _sentBytes;

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    public async Task<MediaDescription> DescribeAsync(string file, CancellationToken cancellationToken) =>
        await _services.GetRequiredService<MediaProbe>().DescribeAsync(
            await _services.GetRequiredService<MediaStore>().AcquireAsync(file, cancellationToken), cancellationToken);

    /// <summary>Takes all segments out.</summary>
    public async Task ExtractAsync(
        MediaDescription media, MediaSettings settings, int atOnce, bool compresses, CancellationToken cancellationToken)
    {
        (_pictures, _sentBytes) = (0, 0);
        var extractor = _services.GetRequiredService<SegmentExtractor>();
        await Parallel.ForEachAsync(
            SegmentPlanner.Plan(media, settings, new()),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            async (segment, token) =>
            {
                var content = await extractor.ExtractAsync(media, segment, settings, new(), WaveOutput.Omit, token);
                Interlocked.Add(ref _pictures, content.Pictures.Count);
                if (compresses) await SendAsync(content, segment, token);
            });
    }

    private async Task SendAsync(ExtractedSegment content, SegmentReference segment, CancellationToken cancellationToken)
    {
        var messages = new[] { new ChatMessage(ChatRole.User, [.. content.Pictures.Select(picture => Part(picture, segment))]) };
        var body = await Task.Run(() => _writer.Write(messages, SentPictures.Of(messages, Endpoint), null), cancellationToken);
        using var request = body.Content();
        await request.CopyToAsync(Stream.Null, cancellationToken);
        Interlocked.Add(ref _sentBytes, body.Length);
    }

    private static DataContent Part(Picture picture, SegmentReference segment) => new(picture.Pixmap, ClipFrame.PixmapMediaType)
    {
        AdditionalProperties = segment.Page is { } page ? new() { [ClipFrame.Page] = page } : null,
    };
}
