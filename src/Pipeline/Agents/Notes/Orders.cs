using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Leaves out of a foreign text what is no statement about the world, and what only one host vouches for where that matters. What is left
/// out is shown to no model, and cannot be quoted.
/// <list type="bullet">
/// <item>Text for machines, and sentences that want something of their reader.</item>
/// <item>Sentences with a name that stands in such a sentence too, beside such a sentence, or in praise, and that nobody else has.</item>
/// <item>Codes that nobody else has.</item>
/// </list>
/// </summary>
internal static partial class Orders
{
    /// <summary>Stands where a sentence was left out.</summary>
    public const string Mark = "[…]";

    /// <summary>A foreign text without what is left out.</summary>
    /// <param name="Text">The rest.</param>
    /// <param name="Count">Sentences that were left out.</param>
    /// <param name="Codes">Codes that were withheld.</param>
    internal sealed record Sifted(string Text, int Count, int Codes);

    /// <summary>Whether a sentence states something, as far as its form tells.</summary>
    public static bool IsStatement(string text) =>
        Sentences().Matches(text).All(sentence => sentence.Length == 0 || !IsOrder(sentence.Value));

    /// <summary>Sifts a short text by its form alone.</summary>
    public static Sifted Strike(string text) => Sift(text, "", null, new(), withholdCodes: true, _ => false);

    /// <summary>Takes note of what a host states, before any text of the same result is sifted.</summary>
    public static void Hear(string text, string host, Familiar familiar)
    {
        foreach (Match sentence in Sentences().Matches(text))
            if (!IsOrder(sentence.Value)) familiar.Hear(host, sentence.Value);
    }

    /// <param name="text">What a host wrote.</param>
    /// <param name="host">Who wrote it.</param>
    /// <param name="title">The title of what it wrote; its names are what the text is about.</param>
    /// <param name="familiar">What is known of words; learns what stands in orders.</param>
    /// <param name="withholdCodes">Whether codes that nobody else has are left out.</param>
    /// <param name="isKept">Lines that are left as they are.</param>
    public static Sifted Sift(
        string text, string host, string? title, Familiar familiar, bool withholdCodes, Func<string, bool> isKept)
    {
        var sentences = Sentences().Matches(text).Where(match => match.Length > 0).Select(match => new Sentence(match.Value)).ToList();
        var block = 0;
        foreach (var sentence in sentences)
        {
            if (sentence.Text.Trim().Length == 0) block++;
            sentence.Block = block;
            if (isKept(sentence.Text.Trim())) sentence.Fate = Fate.Whole;
            else if (IsOrder(sentence.Text)) sentence.Fate = Fate.LeftOut;
        }

        var page = new PageNames(
            title is not null && IsStatement(title) ? title : "",
            sentences.Where(sentence => sentence.Fate != Fate.LeftOut).Select(sentence => (sentence.Block, sentence.Text)));
        var isOrdering = sentences.Where(sentence => sentence.Fate == Fate.LeftOut).Select(sentence => sentence.Block).ToHashSet();
        var isSuspect = sentences.Any(sentence => sentence.Fate == Fate.LeftOut && IsForMachines(sentence.Text));
        familiar.Taint(
            sentences.Where(sentence => sentence.Fate == Fate.LeftOut)
                .SelectMany(sentence => PageNames.Names(sentence.Text, withFirst: true))
                .Where(name => !page.IsOwn(name) && !familiar.IsKnown(name)));
        foreach (var sentence in sentences.Where(sentence => sentence.Fate == Fate.Sifted))
        {
            // A page that speaks to machines is believed what can be counted, and no name that it drops once.
            var isStrict = isOrdering.Contains(sentence.Block) || (isSuspect && !sentence.Text.Any(char.IsDigit));
            if (IsDoubtful(sentence.Text, isStrict, page, familiar)) sentence.Fate = Fate.LeftOut;
        }

        var codes = 0;
        var rest = string.Concat(sentences.Select(sentence => sentence.Fate switch
        {
            Fate.LeftOut => Mark + (sentence.Text.EndsWith('\n') ? "\n" : " "),
            Fate.Sifted when withholdCodes => Withhold(sentence.Text, page, familiar, ref codes),
            _ => sentence.Text,
        }));
        return new(rest, sentences.Count(sentence => sentence.Fate == Fate.LeftOut), codes);
    }

    private static bool IsDoubtful(string sentence, bool isStrict, PageNames page, Familiar familiar)
    {
        var isOpinion = EnglishMood.IsOpinion(sentence) || JapaneseMood.IsOpinion(sentence);
        return PageNames.Names(sentence, withFirst: true).Any(familiar.IsTainted)
            || ((isOpinion || isStrict)
                && PageNames.Names(sentence, withFirst: isOpinion).Any(name => !familiar.IsKnown(name) && !page.IsOwn(name)));
    }

    private static string Withhold(string sentence, PageNames page, Familiar familiar, ref int codes)
    {
        var (text, count) = Codes.Withhold(
            sentence, word => familiar.IsKnown(word) || (word.All(char.IsAsciiLetterUpper) && page.IsOwn(word)));
        codes += count;
        return text;
    }

    private static bool IsOrder(string sentence) =>
        MachineText.IsIn(sentence) || EnglishMood.IsAddressed(sentence) || JapaneseMood.IsAddressed(sentence);

    // More than the "read on" of any page.
    private static bool IsForMachines(string sentence) =>
        (MachineText.IsIn(sentence) && !MachineText.HasAddress(sentence))
        || EnglishMood.IsToReader(sentence)
        || JapaneseMood.IsToReader(sentence);

    // To the end of a line, or to a full stop, whichever comes first.
    [GeneratedRegex(@"[^\n.!?。！？]*(?:[.!?](?!\s|$)[^\n.!?。！？]*)*(?:[.!?]+(?:\s|$)|[。！？]+|\n|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Sentences();

    private enum Fate
    {
        Sifted,
        Whole,
        LeftOut,
    }

    private sealed class Sentence(string text)
    {
        public string Text => text;

        public int Block { get; set; }

        public Fate Fate { get; set; }
    }
}
