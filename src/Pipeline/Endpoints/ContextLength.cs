using System.Globalization;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>A request that does not fit into the model's context, in the words that servers have for it.</summary>
/// <param name="Numbers">What the server's numbers say; empty when it tells none.</param>
/// <param name="Room">The tokens that the prompt leaves for an answer; null when the prompt alone is too long, or the server does not
/// tell.</param>
internal sealed partial record ContextLength(string Numbers, int? Room)
{
    /// <summary>What to do about a prompt that is too long.</summary>
    public const string SmallerPrompt =
        "Make the task's media settings smaller (fewer frames, smaller pictures, shorter parts), or for a synthesis Prepare:SynthesisCharacters.";

    /// <summary>What to do about an answer that does not fit beside the prompt.</summary>
    public const string SmallerAnswer = "Make the answer shorter (sampling.maxOutputTokens of the task, or the option maxOutputTokens), or the prompt.";

    // An answer of fewer tokens is none.
    private const int ShortestAnswer = 16;

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline;

    /// <returns>Null when it is something else.</returns>
    public static ContextLength? Read(int status, string body)
    {
        if (status == 413 || (status == 429 && RequestTooLarge().IsMatch(body))) return new("", null);
        // With 500, only what names the context: much else takes too long, or is.
        if (!(status is 400 or 422 && Words().IsMatch(body)) && !(status is 400 or 422 or 500 && Certain().IsMatch(body))) return null;

        var context = Number(Context(), body);
        var prompt = Number(Prompt(), body);
        var answer = Number(Answer(), body);
        if (Number(AnswerLimit(), body) is { } longest)
            return new(string.Create(CultureInfo.InvariantCulture, $"The longest answer of this model has {longest} tokens."), longest);
        if (prompt is null && answer is { } asked && Number(Total(), body) is { } total && total > asked) prompt = total - asked;
        if (context is not { } size || prompt is not { } tokens) return new("", null);
        return tokens + ShortestAnswer > size
            ? new(string.Create(CultureInfo.InvariantCulture, $"The prompt alone has {tokens} tokens, and the context {size}."), null)
            : new(string.Create(CultureInfo.InvariantCulture, $"The prompt of {tokens} tokens leaves {size - tokens} of the context of {size} for an answer."), size - tokens);
    }

    private static int? Number(Regex expression, string body) =>
        expression.Match(body) is { Success: true } match && int.TryParse(match.Groups["n"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex("context_length_exceeded|exceed_context_size|maximum context length|maximum model length|context (?:size|window|length)|max_model_len", Options)]
    private static partial Regex Certain();

    [GeneratedRegex(
        "(?:\\bprompt\\b|\\binputs?\\b|\\bmessages\\b|\\bcontext\\b|\\btokens?\\b)[^.\"]{0,80}(?:too long|too large|too many|exceed|longer than|must have less|must be <=|more than|overflow)"
        + "|too many (?:input )?tokens|(?:exceed\\w*|longer than|too large for)[^.\"]{0,60}(?:\\bcontext\\b|token limit|tokens allowed|model length|max length|maximum length)"
        + "|max_(?:completion_)?tokens['\"`]? must be (?:at least|greater than|positive)[^\"]{0,30}-\\d"
        + "|supports at most \\d+ (?:completion|output) tokens"
        + "|range of (?:input length|max_tokens|max_completion_tokens) should be|maximum prompt length|max(?:imum)? (?:input|sequence) length",
        Options)]
    private static partial Regex Words();

    [GeneratedRegex("request too large", Options)]
    private static partial Regex RequestTooLarge();

    [GeneratedRegex("(?:range of max_(?:completion_)?tokens should be \\[\\d+, ?|supports at most )(?<n>\\d+)", Options)]
    private static partial Regex AnswerLimit();

    [GeneratedRegex("(?:context (?:length|size|window)|model length|n_ctx|maximum)(?: is| of|:|=|\"?:| only|\\(|,| limit| allowed| length|\\s)*(?<n>\\d+)|(?:must be <=|>) ?(?<n>\\d+)|\\((?<n>\\d+) tokens\\)(?!.*\\(\\d+ tokens\\))|should be \\[\\d+, ?(?<n>\\d+)\\]", Options)]
    private static partial Regex Context();

    [GeneratedRegex("(?:prompt|request|input length|inputs?) (?:contains |has |is |\\(|\\(length |length |with )+(?:at least )?(?<n>\\d+)|(?<n>\\d+) (?:in the messages|tokens from the input|`?inputs?`? tokens|input tokens|prompt tokens|in your prompt|\\+ \\d+ >)|n_prompt_tokens\"?: ?(?<n>\\d+)|first (?<n>\\d+) tokens|prompt is too long: (?<n>\\d+)", Options)]
    private static partial Regex Prompt();

    [GeneratedRegex("(?<n>\\d+) (?:output tokens|in the completion|tokens for the completion|`?max_(?:new|completion)?_?tokens`?|completion tokens)|max_(?:completion_)?tokens['\"`]? is too large: (?<n>\\d+)|\\+ (?<n>\\d+) >", Options)]
    private static partial Regex Answer();

    [GeneratedRegex("requested (?:a total of )?(?<n>\\d+) tokens", Options)]
    private static partial Regex Total();
}
