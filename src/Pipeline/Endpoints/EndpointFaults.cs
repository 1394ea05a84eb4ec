using System.Text.Json;
using Qwen35Batch.Pipeline.Endpoints.Replies;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>What the replies and exceptions of an OpenAI-compatible endpoint mean.</summary>
internal static class EndpointFaults
{
    /// <summary>When to try again if the endpoint does not say.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromSeconds(15);

    /// <summary>When to try again what an operator has to put right.</summary>
    public static TimeSpan OperatorsDelay { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The server is overloaded or still loading; the item is not to blame.</summary>
    public static bool IsLoad(int status) => status is 425 or 429 or 503 or 529;

    /// <summary>A gateway lost the server behind it, or the server did not answer in time. An item can cause it every time.</summary>
    public static bool IsBroken(int status) => status is 408 or 499 or 502 or 504 or (>= 520 and <= 527);

    /// <summary>Address, key, account or model are wrong: an operator can put it right, and nothing is lost until then.</summary>
    public static bool IsMisconfigured(int status) => status is (>= 300 and < 400) or 401 or 402 or 404 or 405 or 407 or 409 or 410 or 415 or 426 or 501;

    /// <summary>What an exception of a client that is not ours means.</summary>
    /// <returns>Null when it is none of an endpoint.</returns>
    public static ModelFault? Read(Exception exception) => exception switch
    {
        EndpointException ours => ours.Fault,
        HttpRequestException or IOException => new(ModelFaultKind.Unavailable, $"The model endpoint cannot be reached: {exception.GetBaseException().Message}"),
        TimeoutException => new(ModelFaultKind.Broken, exception.Message),
        JsonException => new(ModelFaultKind.Failed, $"The model endpoint's answer is not a chat completion: {exception.Message}"),
        _ => null,
    };

    /// <summary>What a lost or refused connection means.</summary>
    public static ModelFault Read(HttpRequestException lost) => lost.HttpRequestError switch
    {
        // Unlike a broken line, that can be the item's fault.
        HttpRequestError.ConfigurationLimitExceeded => new(ModelFaultKind.Failed, "The model endpoint's answer is larger than Engine:MaxAnswerBytes."),
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError =>
            new(ModelFaultKind.Unavailable, $"The model endpoint cannot be reached: {lost.GetBaseException().Message}"),
        _ => new(ModelFaultKind.Broken, $"The connection to the model endpoint broke off before its answer was complete: {lost.GetBaseException().Message}"),
    };

    /// <summary>What a reply that is no answer means.</summary>
    /// <param name="status">Its HTTP status, or the one that its body names.</param>
    /// <param name="body">Its body.</param>
    /// <param name="retryAfter">When the server wants to be asked again.</param>
    /// <param name="location">Where it points to instead; null when nowhere.</param>
    public static ModelFault Read(int status, string body, TimeSpan? retryAfter, Uri? location = null)
    {
        var detail = $"The model endpoint answered {status}: {ReplyText.Excerpt(body)}";
        if (ContextLength.Read(status, body) is { } full) return new(ModelFaultKind.PromptTooLong, $"{detail} {full.Numbers}".TrimEnd()) { RoomForAnswer = full.Room };
        if (location is not null) detail = $"The model endpoint answered {status} and points to {location}: set Engine:BaseUrl to where the API itself is.";
        if (IsLoad(status) && retryAfter is null && RequestForm.IsGatewaysLoss(body)) return new(ModelFaultKind.Broken, detail);
        if (IsLoad(status) && !RequestForm.IsOutOfCredit(body)) return new(ModelFaultKind.Unavailable, detail, retryAfter);
        if (RequestForm.Advice(status, body) is { } advice) return new(ModelFaultKind.Misconfigured, $"{detail} {advice}", retryAfter);
        if (IsBroken(status)) return new(ModelFaultKind.Broken, detail, retryAfter);
        return new(status >= 500 ? ModelFaultKind.Failed : ModelFaultKind.Refused, detail, retryAfter);
    }
}
