using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Qwen35Batch.Pipeline.Acquire;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Extract.Clips;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Documents.Runs;
using Qwen35Batch.Pipeline.Extract.Pictures;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Extract.Sound;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract;

/// <summary>Registers Acquire and Extract.</summary>
internal static class MediaStages
{
    /// <summary>
    /// Adds <see cref="MediaStore"/>, <see cref="MediaProbe"/>, <see cref="SegmentExtractor"/> and <see cref="ToolCheck"/>, with
    /// their options from the sections <c>Acquire</c> and <c>Extract</c>, checked at start.
    /// </summary>
    public static IServiceCollection AddMediaStages(this IServiceCollection services)
    {
        services.AddOptions<AcquireOptions>().BindConfiguration("Acquire").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ToolOptions>().BindConfiguration("Extract").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ExtractOptions>().BindConfiguration("Extract").ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<LocalSource>();
        services.AddSingleton<ISource>(provider => provider.GetRequiredService<LocalSource>());
        services.AddSingleton<ISource, WebSource>();
        services.AddSingleton<Sources>();
        services.AddSingleton<MediaStore>();
        services.AddSingleton<ToolPlaces>();
        services.AddSingleton<ToolSuspects>();
        services.AddSingleton<ToolBudget>();
        services.AddSingleton<ToolRunner>();
        services.AddSingleton<ToolCheck>();
        services.AddSingleton<StreamAnalysis>();
        services.AddSingleton<DurationMeasure>();
        services.AddSingleton<StreamProbe>();
        services.AddSingleton<FfmpegPictureReader>();
        services.AddSingleton<PictureReader>();
        services.AddSingleton<TesseractReader>();
        services.AddSingleton<ToneMapping>();
        services.AddSingleton<ClipDecoder>();
        services.AddSingleton<ClipReader>();
        services.AddSingleton<ClipRuns>();
        services.AddSingleton<ClipEncoder>();
        services.AddSingleton<SubtitleReader>();
        services.AddSingleton<SoundReader>();
        services.AddSingleton<PdfReader>();
        services.AddSingleton<PdfTools>();
        services.AddSingleton<PdfTextReader>();
        services.AddSingleton<PdfRuns>();
        services.AddSingleton<PdfPages>();
        services.AddSingleton<ReaderProcess>();
        services.AddSingleton<ArchiveOpener>();
        services.AddSingleton<DocumentStore>();
        services.AddSingleton<DocumentReader>();
        services.AddSingleton<PdfAnnotationReader>();
        services.AddSingleton<PdfProbe>();
        services.AddSingleton<MediaProbe>();
        services.AddSingleton<SegmentExtractor>();
        services.AddSingleton<PictureRoom>();
        return services;
    }
}
