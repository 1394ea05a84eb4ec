using System.Globalization;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Endpoints.Replies;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Infer;

/// <summary>The Infer stage: asks the model.</summary>
internal sealed class ModelInference(IChatClient client, FaultJudge judge, TimeProvider time)
{
    private const int CorrectionTries = 3;

    private static readonly TimeSpan LongestCorrectionPause = TimeSpan.FromSeconds(30);

    /// <exception cref="MediaRejectedException">The model will never answer this.</exception>
    /// <exception cref="ResourceUnavailableException">The model is away, or failed.</exception>
    public async Task<ModelAnswer> AskAsync(PreparedRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await AskOnceAsync(request, cancellationToken);
        }
        catch (AnswerTooLongException tooLong)
        {
            // The prompt fits, and so does an answer of this length.
            return await FewerAsync(request, tooLong, cancellationToken);
        }
    }

    /// <summary>
    /// Asks once more: with what was wrong, or, when the answer was cut off, with twice as many tokens for it. The usage is that of both
    /// answers. The first answer stands when the second call fails.
    /// </summary>
    public async Task<ModelAnswer> AskAgainAsync(
        PreparedRequest request, ModelAnswer wrong, string problem, CancellationToken cancellationToken)
    {
        var again = wrong.Truncated ? request.WithRoomFor(2) : request.Corrected(wrong.Text, problem);
        for (var tried = 1; ; tried++)
        {
            try
            {
                var second = await AskOnceAsync(again, cancellationToken);
                return second with { Usage = wrong.Usage + second.Usage };
            }
            catch (AnswerTooLongException)
            {
                return wrong;
            }
            catch (MediaRejectedException refused)
            {
                return refused.Usage is { } spent ? wrong with { Usage = wrong.Usage + spent } : wrong;
            }
            catch (ResourceUnavailableException away)
            {
                if (away.Usage is { } spent) wrong = wrong with { Usage = wrong.Usage + spent };
                if (tried == CorrectionTries || away.CountsAsAttempt) return wrong;
                await Task.Delay(away.Delay < LongestCorrectionPause ? away.Delay : LongestCorrectionPause, time, cancellationToken);
            }
        }
    }

    private async Task<ModelAnswer> FewerAsync(PreparedRequest request, AnswerTooLongException tooLong, CancellationToken cancellationToken)
    {
        // A server whose numbers do not add up counts otherwise than it says.
        var fewer = request.Options.MaxOutputTokens is { } asked && tooLong.Room >= asked ? Math.Max(1, asked / 2) : tooLong.Room;
        try
        {
            return await AskOnceAsync(request.WithAnswerOf(fewer), cancellationToken);
        }
        catch (AnswerTooLongException still)
        {
            throw new MediaRejectedException(
                RejectionReason.PromptTooLong,
                "The prompt and an answer do not fit into the model together, not even one of "
                    + string.Create(CultureInfo.InvariantCulture, $"{fewer} tokens: {still.Message} {ContextLength.SmallerAnswer}"),
                still);
        }
    }

    private async Task<ModelAnswer> AskOnceAsync(PreparedRequest request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        ChatResponse response;
        try
        {
            response = await client.GetResponseAsync(request.Messages, request.Options.Clone(), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure) when (judge.Read(failure) is { } fault)
        {
            var spent = (failure as EndpointException)?.Usage is { } said ? Usage(said, request, time.GetElapsedTime(started)) : null;
            throw await judge.ChargeAsync(fault, spent, request, failure, cancellationToken);
        }

        judge.Answered(request);
        var usage = Usage(response.Usage, request, time.GetElapsedTime(started));
        if (Refusal(response) is { } refusal) throw new MediaRejectedException(RejectionReason.ModelRefused, refusal) { Usage = usage };
        return new(
            response.Text, response.FinishReason == ChatFinishReason.Length, Model(response), usage, Property(response, ReplyReader.Note))
        {
            Choices = response.AdditionalProperties?.GetValueOrDefault(TokenChoice.Property) as IReadOnlyList<TokenChoice>,
            Calls = [.. response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()],
            NoChoices = Property(response, ReplyReader.NoChoices),
        };
    }

    private static Usage Usage(UsageDetails? said, PreparedRequest request, TimeSpan elapsed) => new()
    {
        InputTokens = (int)(said?.InputTokenCount ?? 0),
        CachedInputTokens = (int)(said?.CachedInputTokenCount ?? 0),
        OutputTokens = (int)(said?.OutputTokenCount ?? 0),
        Pictures = request.Evidence.Pictures.Count,
        ModelMilliseconds = (long)elapsed.TotalMilliseconds,
    };

    private static string? Refusal(ChatResponse response)
    {
        var error = response.Messages.SelectMany(message => message.Contents).OfType<ErrorContent>().FirstOrDefault();
        if (error is not null) return $"The model refused to answer: {ReplyText.Excerpt(error.Message)}";
        if (response.FinishReason != ChatFinishReason.ContentFilter) return null;
        var begun = ReplyText.Excerpt(response.Text, 200);
        return $"The model's endpoint withheld the answer (content filter){(begun.Length == 0 ? "." : $" after: {begun}")}";
    }

    private string Model(ChatResponse response)
    {
        var name = response.ModelId ?? client.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unknown";
        return Property(response, ReplyReader.Fingerprint) is { Length: > 0 } revision ? $"{name}@{revision}" : name;
    }

    private static string? Property(ChatResponse response, string name) =>
        response.AdditionalProperties?.TryGetValue(name, out var value) is true ? value as string : null;
}
