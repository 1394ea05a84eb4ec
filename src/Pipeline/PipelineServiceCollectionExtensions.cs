using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Agents;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tools;
using Qwen35Batch.Pipeline.Viewing;
using Qwen35Batch.Pipeline.Vocabularies;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline;

/// <summary>Registers the pipeline.</summary>
public static class PipelineServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="AnalysisPipeline"/> and <see cref="TaskCatalog"/> with the sections <c>Acquire</c>, <c>Extract</c>,
    /// <c>Prepare</c>, <c>Confidence</c>, <c>Tasks</c>, <c>Agent</c> and <c>Transcription</c>, validated at start. The host registers the
    /// <see cref="Microsoft.Extensions.AI.IChatClient"/>, and for an engine with limits of its own a <see cref="SchemaSupport"/> and a
    /// <see cref="ModelFaultReader"/>.
    /// </summary>
    public static IServiceCollection AddPipeline(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton(TimeProvider.System);
        AddOptions(services, configuration);
        services.AddMediaStages();
        services.TryAddSingleton<VocabularyCatalog>();
        services.TryAddSingleton<IVocabularies>(provider => provider.GetRequiredService<VocabularyCatalog>());
        services.TryAddSingleton<TaskCatalog>();
        services.TryAddSingleton(provider => new ContentHash(provider.GetRequiredService<LocalSource>()));
        services.TryAddSingleton(provider => new TranscriptionClient(
            new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
            {
                Timeout = Timeout.InfiniteTimeSpan
            },
            provider.GetRequiredService<IOptions<TranscriptionOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<Preparation>();
        services.TryAddSingleton(_ => OwnSecrets.Of(configuration));
        services.TryAddSingleton<FaultJudge>();
        services.TryAddSingleton<ModelInference>();
        services.TryAddSingleton<PipelineMetrics>();
        services.TryAddSingleton(provider => new StoredCopies(
            provider.GetRequiredService<MediaStore>(), provider.GetRequiredService<DocumentStore>()));
        services.TryAddSingleton(provider => new MediaViewer(
            provider.GetRequiredService<MediaStore>(),
            provider.GetRequiredService<PictureReader>(),
            provider.GetRequiredService<PdfReader>(),
            provider.GetRequiredService<ClipReader>(),
            provider.GetRequiredService<DocumentReader>(),
            provider.GetRequiredService<TaskCatalog>()));
        services.TryAddSingleton(provider => new PipelineReadiness(provider.GetRequiredService<ToolCheck>()));
        services.AddAgents(configuration);
        services.TryAddSingleton(CreatePipeline);
        return services;
    }

    private static AnalysisPipeline CreatePipeline(IServiceProvider provider)
    {
        var store = provider.GetRequiredService<MediaStore>();
        store.SweepTemporaryFiles();
        return new(
            provider.GetRequiredService<TaskCatalog>(),
            store,
            provider.GetRequiredService<ArchiveOpener>(),
            provider.GetRequiredService<MediaProbe>(),
            provider.GetRequiredService<SegmentExtractor>(),
            provider.GetRequiredService<TranscriptionClient>(),
            provider.GetRequiredService<Preparation>(),
            provider.GetRequiredService<ModelInference>(),
            provider.GetRequiredService<IOptions<ExtractOptions>>().Value,
            provider.GetRequiredService<PictureRoom>(),
            provider.GetRequiredService<PipelineMetrics>(),
            provider.GetRequiredService<OwnSecrets>(),
            provider.GetRequiredService<AgentRun>(),
            provider.GetRequiredService<ILogger<AnalysisPipeline>>());
    }

    private static void AddOptions(IServiceCollection services, IConfiguration configuration)
    {
        Section<PrepareOptions>(PrepareOptions.Section);
        Section<ConfidenceOptions>(ConfidenceOptions.Section);
        Section<TranscriptionOptions>(TranscriptionOptions.Section)
            .Validate(
                options => options.BaseUrl is not { } url || (url.IsAbsoluteUri && url.Scheme is "http" or "https"),
                "Transcription:BaseUrl must be an absolute http or https address with the API's version, such as http://asr:8000/v1, or be "
                    + "left out.");
        Section<TasksOptions>(TasksOptions.Section);
        Section<VocabulariesOptions>(VocabulariesOptions.Section)
            .PostConfigure(options => options.BaseFolder = configuration[$"{TasksOptions.Section}:{nameof(TasksOptions.Folder)}"]);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TasksOptions>, TasksOptionsValidator>());

        OptionsBuilder<T> Section<T>(string name)
            where T : class =>
            services.AddOptions<T>().Bind(configuration.GetSection(name)).ValidateDataAnnotations().ValidateOnStart();
    }
}
