using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>
/// Recognises what is wrong with the form of every request, by the members and settings that a server names. What is not recognised here is
/// judged by whether other requests of the same form are answered.
/// </summary>
internal static partial class RequestForm
{
    private static readonly (Regex Words, string Advice)[] Known =
    [
        (BothLimits(), "Set Engine:ServerExtensions to false: this server takes only one of the two limits."),
        (Extensions(), "Set Engine:ServerExtensions to false: this server does not know what Qwen's servers have beyond OpenAI's API."),
        (Credit(), "Nothing is lost: the work goes on when there is credit again. Check the account behind Engine:ApiKey."),
        (Video(), "Set Engine:Video to Frames, or use a model that takes videos."),
        (Pictures(), "Use a model and a server that take as many pictures in one prompt, "
            + "or make the task's media settings smaller (fewer frames, shorter clips)."),
        (Schema(), "This server cannot hold answers to the task's JSON Schema: "
            + "change the server's structured output, or the task's schema or name."),
        (Sampling(), "Change the task's sampling settings, or Engine:ServerExtensions, to what this model takes."),
        (Model(), "Check Engine:Model: it is one of the names that GET /v1/models lists."),
        (Key(), "Check Engine:ApiKey."),
        (Address(), "Check Engine:BaseUrl."),
    ];

    /// <summary>Whether the account has no credit: a server that says so with 429 is not overloaded.</summary>
    public static bool IsOutOfCredit(string body) => Credit().IsMatch(body);

    /// <summary>Whether a gateway says that it lost the server behind it, which it does with 503 too.</summary>
    public static bool IsGatewaysLoss(string body) => GatewaysLoss().IsMatch(body);

    /// <summary>What an operator has to put right.</summary>
    /// <returns>Null when it is not known to be the form of the request.</returns>
    public static string? Advice(int status, string body)
    {
        var advice = status is >= 400 and < 500 or 501 && !EndpointFaults.IsBroken(status)
            ? Known.FirstOrDefault(known => known.Words.IsMatch(body)).Advice
            : null;
        if (advice is not null || !EndpointFaults.IsMisconfigured(status)) return advice;
        return status switch
        {
            401 or 407 => "Check Engine:ApiKey.",
            402 => "Nothing is lost: the work goes on when there is credit again. Check the account behind Engine:ApiKey.",
            409 => "Nothing is lost: the work goes on when the server takes requests again. Look at the server's log.",
            _ => "Check Engine:BaseUrl, Engine:ApiKey and Engine:Model.",
        };
    }

    /// <summary>Whether the server will not say log probabilities; it names them, or the number of alternatives, in its refusal.</summary>
    public static bool IsAboutProbabilities(ModelFault fault) =>
        fault.Kind is ModelFaultKind.Refused or ModelFaultKind.Misconfigured or ModelFaultKind.Failed
        && Probabilities().IsMatch(fault.Detail);

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline;

    [GeneratedRegex(
        "max_tokens.{0,40}(?:and|with|or).{0,20}max_completion_tokens.{0,60}(?:same time|not supported|both|together|only one"
        + "|mutually)|(?:both|only one of).{0,40}max_(?:completion_)?tokens|(?:max_tokens|max_completion_tokens)'? (?:is"
        + "|are) not supported",
        Options)]
    private static partial Regex BothLimits();

    [GeneratedRegex(
        "chat_template_kwargs|enable_thinking|\\btop_k\\b|extra (?:inputs|fields) (?:are )?not (?:permitted|allowed)"
        + "|extra_forbidden",
        Options)]
    private static partial Regex Extensions();

    [GeneratedRegex(
        "insufficient[_ ](?:quota|credits?|balance|funds)|exceeded your current quota|billing|out of credits?|credit balance"
        + "|no credits?\\b|arrearage|payment required|overdue",
        Options)]
    private static partial Regex Credit();

    [GeneratedRegex("video_url|videos? (?:input )?(?:is|are) not supported|not support (?:the )?videos?|at most \\d+ video", Options)]
    private static partial Regex Video();

    [GeneratedRegex(
        "at most \\d+ (?:images?|multi-?modal)|too many images|(?:not|n't) (?:support|accept|take|allow"
        + "|have) (?:\\w+ ){0,3}(?:images?|vision|multi-?modal)|(?:images?|image_url|image input|vision"
        + "|multi-?modal)\\b.{0,40}\\b(?:not (?:supported|allowed|enabled|available|accepted)|unsupported|only supported)"
        + "|not a (?:multi-?modal|vision)|unknown (?:content )?part type:? .?image_url|mmproj"
        + "|invalid content type.{0,20}image_url",
        Options)]
    private static partial Regex Pictures();

    [GeneratedRegex(
        "response_format|json_?schema|json schema|xgrammar|outlines|guided_|structured[_ ]outputs?|failed to parse grammar"
        + "|grammar (?:error|is not|not)|invalid schema",
        Options)]
    private static partial Regex Schema();

    [GeneratedRegex(
        "['\"`](?:temperature|top_p|presence_penalty|seed|max_tokens|max_completion_tokens)['\"`]|(?:unsupported|unrecognized"
        + "|unknown|unexpected|invalid) (?:request )?(?:parameter|argument|field|property|value)s?\\b.{0,40}\\b(?:temperature"
        + "|top_p|presence_penalty|seed|max_tokens|max_completion_tokens)",
        Options)]
    private static partial Regex Sampling();

    [GeneratedRegex(
        "model_not_found|\\bmodel\\b.{0,80}\\b(?:does not exist|not found|is not (?:available|loaded|served)|unknown)"
        + "|(?:unknown|no such|invalid) model|no models? (?:is |are )?loaded|not a valid model",
        Options)]
    private static partial Regex Model();

    [GeneratedRegex(
        "(?:invalid|incorrect|missing|expired|no) api[-_ ]?key|api[-_ ]?key (?:is )?(?:not valid|invalid|missing|expired"
        + "|required)|authentication|unauthorized",
        Options)]
    private static partial Regex Key();

    [GeneratedRegex("log_?prob|log probabilit", Options)]
    private static partial Regex Probabilities();

    [GeneratedRegex("plain http request was sent to https|unknown (?:request )?url|no route|invalid url|cannot post", Options)]
    private static partial Regex Address();

    [GeneratedRegex(
        "upstream (?:connect error|request timeout|prematurely closed)|reset before headers|reset reason|connection termination",
        Options)]
    private static partial Regex GatewaysLoss();
}
