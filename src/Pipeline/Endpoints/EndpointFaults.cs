using System.ClientModel;
using System.Text.Json;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>What the exceptions of an OpenAI-compatible endpoint mean.</summary>
internal static class EndpointFaults
{
    public static ModelFault? Read(Exception exception, TimeProvider time) => exception switch
    {
        ClientResultException { Status: > 0 } answered => Read(answered, time),
        _ when exception.GetBaseException() is HttpRequestException tooLarge && EndpointFailure.IsTooLarge(tooLarge) =>
            new(ModelFaultKind.Failed, "The model endpoint's answer is larger than Engine:MaxAnswerBytes."),
        ClientResultException or HttpRequestException or IOException =>
            new(ModelFaultKind.Unavailable, $"The model endpoint cannot be reached: {exception.GetBaseException().Message}"),
        TimeoutException => new(ModelFaultKind.Failed, exception.Message),
        JsonException => new(ModelFaultKind.Failed, $"The model endpoint's answer is not a chat completion: {exception.Message}"),
        _ => null,
    };

    private static ModelFault Read(ClientResultException answered, TimeProvider time)
    {
        var response = answered.GetRawResponse();
        var text = response?.Content?.ToString() ?? answered.Message;
        string? header = null;
        response?.Headers.TryGetValue("Retry-After", out header);
        var detail = $"The model endpoint answered {answered.Status}: {EndpointFailure.Excerpt(text)}";
        return answered.Status switch
        {
            var status when EndpointFailure.IsPromptTooLong(status, text) => new(ModelFaultKind.PromptTooLong, detail),
            var status when EndpointFailure.IsPassing(status) => new(ModelFaultKind.Unavailable, detail, EndpointFailure.RetryAfter(header, time)),
            var status when EndpointFailure.IsMisconfigured(status) =>
                new(ModelFaultKind.Unavailable, $"{detail} Check Engine:BaseUrl, Engine:ApiKey and Engine:Model.", TimeSpan.FromMinutes(1)),
            500 => new(ModelFaultKind.Failed, detail, EndpointFailure.RetryAfter(header, time)),
            _ => new(ModelFaultKind.Refused, detail),
        };
    }
}
