using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Infer;

/// <summary>The Infer stage: asks the model once.</summary>
internal sealed class ModelInference(IChatClient client, IEnumerable<ModelFaultReader> engines, TimeProvider time)
{
    /// <exception cref="MediaRejectedException">The model will never answer this.</exception>
    /// <exception cref="ResourceUnavailableException">The model is away, or failed.</exception>
    public async Task<ModelAnswer> AskAsync(PreparedRequest request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var response = await RespondAsync(request, cancellationToken);
        var elapsed = time.GetElapsedTime(started);
        if (Refusal(response) is { } refusal) throw new MediaRejectedException(RejectionReason.ModelRefused, refusal);
        return new(
            response.Text,
            response.FinishReason == ChatFinishReason.Length,
            Model(response),
            new()
            {
                InputTokens = (int)(response.Usage?.InputTokenCount ?? 0),
                CachedInputTokens = (int)(response.Usage?.CachedInputTokenCount ?? 0),
                OutputTokens = (int)(response.Usage?.OutputTokenCount ?? 0),
                Pictures = request.Evidence.Pictures.Count,
                ModelMilliseconds = (long)elapsed.TotalMilliseconds,
            });
    }

    /// <summary>Asks once more, with what was wrong; the usage is that of both answers. The first answer stands when there is no room for more.</summary>
    public async Task<ModelAnswer> AskAgainAsync(PreparedRequest request, ModelAnswer wrong, string problem, CancellationToken cancellationToken)
    {
        try
        {
            var second = await AskAsync(request.Corrected(wrong.Text, problem), cancellationToken);
            return second with { Usage = wrong.Usage + second.Usage };
        }
        catch (MediaRejectedException full) when (full.Reason == RejectionReason.PromptTooLong)
        {
            return wrong;
        }
    }

    private async Task<ChatResponse> RespondAsync(PreparedRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetResponseAsync(request.Messages, request.Options.Clone(), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure) when (Read(failure) is { } fault)
        {
            throw Translate(fault, failure);
        }
    }

    private ModelFault? Read(Exception failure) =>
        engines.Select(engine => engine(failure)).FirstOrDefault(fault => fault is not null) ?? EndpointFaults.Read(failure, time);

    private static Exception Translate(ModelFault fault, Exception cause) => fault.Kind switch
    {
        ModelFaultKind.PromptTooLong => new MediaRejectedException(
            RejectionReason.PromptTooLong,
            $"The prompt does not fit into the model: {fault.Detail} Make the task's media settings smaller (fewer frames, smaller pictures, shorter parts), or for a synthesis Prepare:SynthesisCharacters.",
            cause),
        ModelFaultKind.AnswerLength => new MediaRejectedException(
            RejectionReason.InvalidOptions,
            $"{fault.Detail} It is the job's option maxOutputTokens, or without it that of the task's sampling.",
            cause),
        ModelFaultKind.Refused => new MediaRejectedException(RejectionReason.ModelRefused, fault.Detail, cause),
        var kind => new ResourceUnavailableException(fault.Detail, fault.RetryAfter ?? EndpointFailure.Delay, countsAsAttempt: kind == ModelFaultKind.Failed, cause)
        {
            IsEngineAway = kind == ModelFaultKind.Unavailable,
        },
    };

    private static string? Refusal(ChatResponse response)
    {
        var error = response.Messages.SelectMany(message => message.Contents).OfType<ErrorContent>().FirstOrDefault();
        if (error is not null) return $"The model refused to answer: {EndpointFailure.Excerpt(error.Message)}";
        return response.FinishReason == ChatFinishReason.ContentFilter ? "The model's endpoint withheld the answer (content filter)." : null;
    }

    private string Model(ChatResponse response)
    {
        var name = response.ModelId ?? client.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unknown";
        return (response.RawRepresentation as OpenAI.Chat.ChatCompletion)?.SystemFingerprint is { Length: > 0 } revision ? $"{name}@{revision}" : name;
    }
}
