using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>The Prepare stage: turns a segment's content into a request, with what was said when a transcription is configured.</summary>
internal sealed class Preparation(
    TranscriptionClient transcription, IOptions<PrepareOptions> options, IOptions<ConfidenceOptions> confidence)
{
    public async Task<PreparedRequest> PrepareAsync(
        SegmentJob job, AnalysisTask task, ExtractedSegment content, CancellationToken cancellationToken)
    {
        var request = await BuildAsync(job, task, content, cancellationToken);
        return confidence.Value.Mode == ConfidenceMode.Off ? request.WithoutChoices() : request;
    }

    private async Task<PreparedRequest> BuildAsync(
        SegmentJob job, AnalysisTask task, ExtractedSegment content, CancellationToken cancellationToken)
    {
        if (job.Segment.Kind == SegmentKind.Synthesis)
        {
            return SynthesisRequest.Build(
            job, task, options.Value.SynthesisCharacters, content.Context);
        }

        if (content.Subtitles is { } subtitles) return SegmentRequest.Build(job, task, content, Transcript.Of(subtitles), silence: null);
        var heard = await transcription.TranscribeAsync(job.Segment, content, cancellationToken);
        return SegmentRequest.Build(job, task, content, heard.Transcript, heard.Problem);
    }
}
