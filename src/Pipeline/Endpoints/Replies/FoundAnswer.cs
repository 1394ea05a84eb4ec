using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Endpoints.Replies;

/// <summary>The JSON that was asked for, in a text that has more around it.</summary>
/// <param name="Text">The answer; the whole text when there is no JSON object in it, or more than one.</param>
/// <param name="Note">What was left out, for a reader of the insight; null when nothing.</param>
internal sealed partial record FoundAnswer(string Text, string? Note)
{
    // Beyond them a text is no answer, and looking for one in it takes too long.
    private const int MostCharacters = 1024 * 1024;
    private const int MostObjects = 32;

    private static readonly JsonReaderOptions Reading = new() { MaxDepth = 256 };

    /// <summary>Whether the text is one JSON object.</summary>
    public bool IsObject { get; } = IsOneObject(Text);

    /// <summary>
    /// Finds the answer in a text: after thinking, between fences, before an end token, or as the only object among prose.
    /// </summary>
    public static FoundAnswer In(string text)
    {
        var whole = new FoundAnswer(text, null);
        if (whole.IsObject || text.Length > MostCharacters) return whole;

        var notes = new List<string>();
        var rest = AfterThinking(text, notes);
        rest = WithoutEndToken(rest, notes);
        if (Unquoted(rest) is { } unquoted)
        {
            notes.Add("quotes");
            rest = unquoted;
        }

        if (Fence().Match(rest) is { Success: true } fence && IsOneObject(fence.Groups["inside"].Value))
        {
            notes.Add("fences");
            rest = fence.Groups["inside"].Value;
        }

        if (!IsOneObject(rest) && OnlyObject(rest) is { } only)
        {
            notes.Add("prose");
            rest = only;
        }

        if (!IsOneObject(rest)) return whole;
        return new(rest.Trim(), notes.Count == 0 ? null : $"The model's answer had {string.Join(" and ", notes)} around it, which was left out.");
    }

    private static string AfterThinking(string text, List<string> notes)
    {
        // The opening tag often stands in the prompt.
        var end = ThinkingEnd().Matches(text).LastOrDefault();
        if (end is null) return text;
        notes.Add("its thinking");
        return text[(end.Index + end.Length)..];
    }

    private static string WithoutEndToken(string text, List<string> notes)
    {
        var without = EndToken().Replace(text, "");
        if (without.Length != text.Length) notes.Add("an end token");
        return without;
    }

    private static string? Unquoted(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("\"")) return null;
        try
        {
            return JsonSerializer.Deserialize<string>(text) is { } inside && IsOneObject(inside) ? inside : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? OnlyObject(string text)
    {
        string? found = null;
        var tried = 0;
        for (var start = text.IndexOf('{', StringComparison.Ordinal); start >= 0 && tried < MostObjects; tried++)
        {
            var end = EndOfObject(text, start);
            if (end is { } after)
            {
                // Two objects: which of them is the answer would be a guess.
                if (found is not null) return null;
                found = text[start..after];
            }

            start = text.IndexOf('{', end ?? (start + 1));
        }

        return found;
    }

    private static bool IsOneObject(string text)
    {
        var start = text.Length - text.AsSpan().TrimStart().Length;
        return start < text.Length && text[start] == '{' && EndOfObject(text, start) is { } end && text.AsSpan(end).IsWhiteSpace();
    }

    /// <summary>Where the JSON object that begins at a position ends; null when none begins there.</summary>
    private static int? EndOfObject(string text, int start)
    {
        var bytes = Encoding.UTF8.GetBytes(text, start, text.Length - start);
        var reader = new Utf8JsonReader(bytes, Reading);
        try
        {
            reader.Read();
            reader.Skip();
            return start + Encoding.UTF8.GetCharCount(bytes, 0, (int)reader.BytesConsumed);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("</(?:think|thinking|thought|reasoning)>|<\\|?/?end_of_thought\\|?>|<channel\\|>|<\\|channel\\|>final<\\|message\\|>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ThinkingEnd();

    [GeneratedRegex("(?:\\s*(?:<\\|(?:im_end|endoftext|eot_id|end|eom_id|end_of_text|return|im_start)\\|>|</s>|<eos>|<end_of_turn>|<｜end▁of▁sentence｜>))+\\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex EndToken();

    [GeneratedRegex("(?<fence>```+|~~~+)[^\\n{]*\\n?(?<inside>.*?)\\k<fence>", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();
}
