using System.Text.RegularExpressions;
using Qwen35Batch.Pipeline.Agents.Policy;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks.Grants;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>A foreign text as it is shown to the request that reads it: what its quotes are checked against.</summary>
internal sealed partial class ShownText
{
    private const int MostQuoted = 2;
    private const int SpareCharacters = 40;

    private readonly CallResult _result;
    private readonly ReadSource _whole;
    private readonly Func<ReadSource, string?> _title;
    private readonly string _text;
    private readonly string _plain;

    private ShownText(CallResult result, ReadSource whole, Func<ReadSource, string?> title, string text)
    {
        _result = result;
        _whole = whole;
        _title = title;
        _text = text;
        _plain = Blanks().Replace(text, " ");
    }

    /// <summary>What a job knows when it reads a text.</summary>
    /// <param name="Witnesses">Who wrote which words.</param>
    /// <param name="Settings">Whose word alone is enough.</param>
    /// <param name="Seen">The addresses of results, with the titles that were listed.</param>
    /// <param name="IsOwnData">Whether the text comes from this installation's own ledger.</param>
    internal sealed record Known(Witnesses Witnesses, AgentSettings Settings, SeenAddresses Seen, bool IsOwnData);

    /// <summary>Characters that are not shown.</summary>
    public int LeftOut { get; private init; }

    /// <summary>Sentences that are not shown, since they state nothing, or nobody else vouches for what they name.</summary>
    public int Sentences { get; private init; }

    /// <summary>Names, codes and quotations that are not shown, since nobody else has them.</summary>
    public int Words { get; private init; }

    public string Fenced => UntrustedText.Fence("What a tool gave", _text);

    /// <param name="result">What the call gave.</param>
    /// <param name="whole">The source of what has no address of its own.</param>
    /// <param name="known">What the job knows so far; learns the words of this text.</param>
    /// <param name="longest">The largest number of characters to be shown.</param>
    public static ShownText Of(CallResult result, ReadSource whole, Known known, int longest)
    {
        var sieve = new Sieve(known.Witnesses);
        var pages = Pages(result, whole, Invisible().Replace(result.Text, ""), known);
        foreach (var page in pages) sieve.Hear(page);
        var sifted = pages.Select(sieve.Sift).ToList();
        var all = string.Join("\n\n", sifted.Select(part => part.Text));
        return new(
            result,
            whole,
            source => sieve.Title(PageOf(source, "", known)),
            UntrustedText.Harmless(Prompts.Cut(all, longest)))
        {
            LeftOut = Math.Max(0, all.Length - longest),
            Sentences = sifted.Sum(part => part.Sentences),
            Words = sifted.Sum(part => part.Words),
        };
    }

    /// <summary>Checks what a reader claims.</summary>
    /// <returns>Null when the words do not stand in the text, or do not carry the claim.</returns>
    public CheckedNote? Check(string claim, string quote)
    {
        var plain = Blanks().Replace(quote, " ").Trim();
        if (plain.Length < 3 || plain.Contains(Orders.Mark, StringComparison.Ordinal)) return null;
        var at = _plain.IndexOf(plain, StringComparison.Ordinal);
        if (at < 0 || string.IsNullOrWhiteSpace(claim) || SourceAt(at) is not { } source) return null;
        var title = source.Title ?? "";
        return claim.Length > (plain.Length * MostQuoted) + SpareCharacters
            || EnglishMood.IsToReader(claim)
            || JapaneseMood.IsToReader(claim)
            || Mentions.Missing(claim, plain, title) is not null
            || !Wording.Carries(claim, Wording.Claim, plain, title)
                ? null
                : new(claim.Trim(), plain, source, OriginOf(source));
    }

    /// <summary>What the source of a note wrote, whole: all that could have led a model on.</summary>
    private string OriginOf(ReadSource source) =>
        _result.Source is not null || _result.Addresses.Count == 0
            ? _result.Text
            : Paragraphs(_result.Text).FirstOrDefault(each => HasLine(each, source.Address.AbsoluteUri)) ?? _result.Text;

    /// <summary>A text by who wrote it: a page is its host's, an entry of a list that of its address.</summary>
    private static List<Sieve.Page> Pages(CallResult result, ReadSource whole, string text, Known known)
    {
        if (result.Source is not null || result.Addresses.Count == 0) return [PageOf(whole, text, known)];
        var lines = result.Addresses.Select(address => address.Address.AbsoluteUri).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Paragraphs(text).Select(each => result.Addresses.FirstOrDefault(
                address => HasLine(each, address.Address.AbsoluteUri)) is { } entry
                    // What is listed with an entry is its own word as well.
                    ? PageOf(whole with { Address = entry.Address, Title = null }, each, known) with { IsKept = lines.Contains }
                    : PageOf(whole, each, known))
        ];
    }

    private static Sieve.Page PageOf(ReadSource source, string text, Known known)
    {
        var isOnWeb = source.Address.IsAbsoluteUri && source.Address.Authority.Length > 0;
        return new(
            isOnWeb ? source.Address.Authority : source.Title ?? "",
            source.Title,
            known.Seen.Find(source.Address)?.Title,
            text)
        {
            IsTrusted = known.IsOwnData || known.Settings.Trusts(isOnWeb ? source.Address.Host : source.Title ?? ""),
        };
    }

    private static string[] Paragraphs(string text) => text.Split("\n\n");

    private static bool HasLine(string text, string line) => $"\n{text}\n".Contains($"\n{line}\n", StringComparison.Ordinal);

    /// <summary>The page itself, or of a list the entry in which the quote stands.</summary>
    private ReadSource? SourceAt(int at)
    {
        if (_result.Source is { } page) return Titled(page);
        SeenAddress? nearest = null;
        var place = -1;
        foreach (var address in _result.Addresses)
        {
            var found = EntryOf(address.Address.AbsoluteUri);
            if (found < 0 || (nearest is not null && !IsNearer(found, place, at))) continue;
            (nearest, place) = (address, found);
        }

        return (nearest ?? (_result.Addresses is [var only] ? only : null)) is { } entry
            ? Titled(_whole with { Address = entry.Address, Title = entry.Title })
            : null;
    }

    private ReadSource Titled(ReadSource source) => source with { Title = _title(source) };

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
