using System.Text.RegularExpressions;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>A foreign text as it is shown to the request that reads it: what its quotes are checked against.</summary>
internal sealed partial class ShownText
{
    private readonly CallResult _result;
    private readonly ReadSource _whole;
    private readonly string _text;
    private readonly string _plain;

    private ShownText(CallResult result, ReadSource whole, string text, int left, int orders)
    {
        _result = result;
        _whole = whole;
        _text = text;
        _plain = Blanks().Replace(text, " ");
        LeftOut = left;
        Orders = orders;
    }

    /// <summary>Characters that are not shown.</summary>
    public int LeftOut { get; }

    /// <summary>Sentences that are not shown, since they give orders.</summary>
    public int Orders { get; }

    public string Fenced => UntrustedText.Fence("What a tool gave", _text);

    /// <param name="result">What the call gave.</param>
    /// <param name="whole">The source of what has no address of its own.</param>
    /// <param name="longest">The largest number of characters to be shown.</param>
    public static ShownText Of(CallResult result, ReadSource whole, int longest)
    {
        var (text, orders) = Notes.Orders.Strike(Invisible().Replace(result.Text, ""));
        var shown = UntrustedText.Harmless(Prompts.Cut(text, longest));
        return new(result, whole, shown, Math.Max(0, text.Length - longest), orders);
    }

    /// <summary>Checks what a reader claims.</summary>
    /// <returns>Null when the words do not stand in the text, or do not carry the claim.</returns>
    public CheckedNote? Check(string claim, string quote)
    {
        var plain = Blanks().Replace(quote, " ").Trim();
        if (plain.Length < 3 || plain.Contains(Notes.Orders.Mark, StringComparison.Ordinal)) return null;
        var at = _plain.IndexOf(plain, StringComparison.Ordinal);
        if (at < 0 || string.IsNullOrWhiteSpace(claim) || Mentions.Missing(claim, plain, Title(at)) is not null) return null;
        return SourceAt(at) is { } source ? new(claim.Trim(), plain, source) : null;
    }

    // The name of what is quoted stands beside the quote.
    private string Title(int at) => SourceAt(at)?.Title ?? "";

    /// <summary>The page itself, or of a list the entry in which the quote stands.</summary>
    private ReadSource? SourceAt(int at)
    {
        if (_result.Source is { } page) return page;
        SeenAddress? nearest = null;
        var place = -1;
        foreach (var address in _result.Addresses)
        {
            var found = EntryOf(address.Address.AbsoluteUri);
            if (found < 0 || (nearest is not null && !IsNearer(found, place, at))) continue;
            (nearest, place) = (address, found);
        }

        return (nearest ?? (_result.Addresses is [var only] ? only : null)) is { } entry
            ? _whole with { Address = entry.Address, Title = entry.Title }
            : null;
    }

    /// <summary>Where the entry of an address begins: after the empty line before the line that is this address and nothing else.</summary>
    private int EntryOf(string address)
    {
        var line = $"\n{_text}\n".IndexOf($"\n{address}\n", StringComparison.Ordinal);
        if (line < 0) return -1;
        var start = line == 0 ? 0 : _text.LastIndexOf("\n\n", line - 1, StringComparison.Ordinal);
        return Blanks().Replace(_text[..Math.Max(start, 0)], " ").Length;
    }

    // The last entry that begins before the quote; without one, the first after it.
    private static bool IsNearer(int found, int place, int at) => (found <= at, place <= at) switch
    {
        (true, true) => found > place,
        (true, false) => true,
        (false, true) => false,
        _ => found < place,
    };

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();

    // Marks of direction, joiners and tags: what a person does not see, no reader needs.
    [GeneratedRegex(@"[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]|\uDB40[\uDC00-\uDC7F]", RegexOptions.CultureInvariant)]
    private static partial Regex Invisible();
}
