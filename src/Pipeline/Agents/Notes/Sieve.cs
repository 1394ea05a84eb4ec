using System.Text;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Lets through of a foreign text what states something, and withholds what one host alone has: nothing that somebody made up for this
/// page is shown to a model, and so nothing of it can be quoted.
/// <list type="bullet">
/// <item>Sentences that state nothing are left out, and what they name is not taken from other sentences either.</item>
/// <item>A name, a code or a quotation that neither the question nor a second owner's host has becomes <see cref="Mark"/>.</item>
/// <item>A paragraph that counts nothing and is not about the question or its page's title is left out.</item>
/// </list>
/// </summary>
/// <param name="witnesses">Who wrote which words.</param>
internal sealed partial class Sieve(Witnesses witnesses)
{
    /// <summary>Stands where a name, a code or a quotation was withheld.</summary>
    public const string Mark = "(…)";

    /// <summary>A text of one host.</summary>
    /// <param name="Host">Who wrote it.</param>
    /// <param name="Title">What it calls itself; null when it does not.</param>
    /// <param name="Listed">What a search has listed it as; null when none has.</param>
    /// <param name="Text">The text.</param>
    internal sealed record Page(string Host, string? Title, string? Listed, string Text)
    {
        /// <summary>Whether its host's word alone is enough.</summary>
        public bool IsTrusted { get; init; }

        /// <summary>Lines that are left as they are.</summary>
        public Func<string, bool> IsKept { get; init; } = _ => false;
    }

    /// <summary>What was let through.</summary>
    /// <param name="Text">The text.</param>
    /// <param name="Sentences">Sentences that were left out.</param>
    /// <param name="Words">Names, codes and quotations that were withheld in the others.</param>
    internal sealed record Sifted(string Text, int Sentences, int Words);

    /// <summary>Takes note of what a page states, before any text of the same result is sifted.</summary>
    public void Hear(Page page)
    {
        foreach (var sentence in Orders.Split(page.Text))
        {
            if (Orders.IsOrder(sentence)) continue;
            if (page.IsTrusted) witnesses.Trust(sentence, isSubject: false);
            else witnesses.Hear(page.Host, sentence);
        }
    }

    public Sifted Sift(Page page)
    {
        var sentences = Read(page);
        if (!page.IsTrusted) Doubt(page, sentences);
        return new(
            string.Concat(sentences.Select(sentence => sentence.IsLeftOut ? Orders.Without(sentence.Text) : sentence.Shown)),
            sentences.Count(sentence => sentence.IsLeftOut),
            sentences.Where(sentence => !sentence.IsLeftOut).Sum(sentence => sentence.Withheld));
    }

    /// <summary>A title as it may be shown: null for one that states nothing, or has what its host alone has.</summary>
    public string? Title(Page page) =>
        page.Title is { } title
        && Orders.IsStatement(title)
        && (page.IsTrusted || Doubtful(title, page, withSmall: false).Count == 0)
            ? title
            : null;

    private static List<Sentence> Read(Page page)
    {
        var sentences = Orders.Split(page.Text).Select(text => new Sentence(text)).ToList();
        var block = 0;
        foreach (var sentence in sentences)
        {
            if (sentence.Text.Trim().Length == 0) block++;
            sentence.Block = block;
            sentence.IsKept = page.IsKept(sentence.Text.Trim());
            sentence.IsLeftOut = !sentence.IsKept && Orders.IsOrder(sentence.Text);
        }

        return sentences;
    }

    private void Doubt(Page page, List<Sentence> sentences)
    {
        var orders = sentences.Where(sentence => sentence.IsLeftOut).ToList();
        var isSuspect = orders.Exists(sentence => Orders.IsForMachines(sentence.Text));
        var ordering = orders.Select(sentence => sentence.Block).ToHashSet();
        foreach (var order in orders) Taint(order.Text, page);
        foreach (var sentence in sentences.Where(sentence => sentence is { IsLeftOut: false, IsKept: false }))
        {
            var doubtful = Doubtful(sentence.Text, page, isSuspect);
            if (doubtful.Count > 0)
            {
                (sentence.Shown, sentence.Withheld) = (Without(sentence.Text, doubtful), doubtful.Count);
                // Of nobody knows whom it says nothing; and beside an order, or where machines are spoken to, only what counts is believed.
                sentence.IsLeftOut = FirstMark().IsMatch(sentence.Shown)
                    || ordering.Contains(sentence.Block)
                    || (isSuspect && !sentence.Shown.Any(char.IsDigit));
            }

            sentence.IsLeftOut |= IsTainted(sentence.Text);
        }

        LeaveOutOffSubject(page, sentences);
    }

    private void LeaveOutOffSubject(Page page, List<Sentence> sentences)
    {
        var subject = new Subject(witnesses.Subject, page.Title);
        foreach (var block in sentences.Where(sentence => !sentence.IsLeftOut).GroupBy(sentence => sentence.Block).ToList())
        {
            if (block.Any(sentence => sentence.IsKept || sentence.Shown.Any(char.IsDigit) || subject.IsIn(sentence.Shown))) continue;
            foreach (var sentence in block.Where(sentence => sentence.Text.Any(char.IsLetter))) sentence.IsLeftOut = true;
        }
    }

    // What its title has as well is what the page is about, whoever orders something beside it.
    private void Taint(string order, Page page)
    {
        foreach (var place in RareWords.In(order, IsUsedBy(page)))
            if (page.Title?.Contains(place.Text, StringComparison.OrdinalIgnoreCase) != true) witnesses.Taint(place.Text);
        foreach (Match number in Numbers().Matches(order)) witnesses.Taint(number.Value);
    }

    private bool IsTainted(string sentence) =>
        RareWords.In(sentence, _ => false).Any(place => witnesses.IsTainted(place.Text))
        || Numbers().Matches(sentence).Any(number => witnesses.IsTainted(number.Value));

    private List<RareWords.Place> Doubtful(string sentence, Page page, bool withSmall)
    {
        var isUsed = IsUsedBy(page);
        return
        [
            .. RareWords.In(sentence, isUsed, withSmall).Where(place => !IsListed(place.Text, page) && !(place.IsPhrase
                ? witnesses.VouchForAll(place.Text)
                : witnesses.Vouch(place.Text) || RareWords.Doubted(place.Text, isUsed, withSmall).All(witnesses.Vouch)))
        ];
    }

    private static string Without(string sentence, List<RareWords.Place> places)
    {
        var text = new StringBuilder(sentence);
        var end = sentence.Length + 1;
        foreach (var place in places.OrderByDescending(place => place.At).ThenByDescending(place => place.Text.Length))
        {
            if (place.At + place.Text.Length > end) continue;
            text.Remove(place.At, place.Text.Length).Insert(place.At, Mark);
            end = place.At;
        }

        return text.ToString();
    }

    // What a search lists and the page itself says: two have it, though the one may have it from the other.
    private static bool IsListed(string words, Page page) =>
        page.Listed?.Contains(words, StringComparison.OrdinalIgnoreCase) == true
        && page.Title?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;

    private Func<string, bool> IsUsedBy(Page page) => word => witnesses.IsUsedElsewhere(word, page.Host);

    [GeneratedRegex(@"^[\s>*#|\-\d.()「『“""]*\(…\)", RegexOptions.CultureInvariant)]
    private static partial Regex FirstMark();

    [GeneratedRegex(@"\d[\d,.]*\d\d", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    private sealed class Sentence(string text)
    {
        public string Text { get; } = text;

        public string Shown { get; set; } = text;

        public int Block { get; set; }

        public int Withheld { get; set; }

        public bool IsKept { get; set; }

        public bool IsLeftOut { get; set; }
    }
}
