using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Tells by its form whether a sentence states something: text for machines, and sentences that want something of their reader, do not.
/// </summary>
internal static partial class Orders
{
    /// <summary>Stands where a sentence was left out.</summary>
    public const string Mark = "[…]";

    /// <summary>The sentences of a text; put together, they are the text.</summary>
    public static IEnumerable<string> Split(string text) =>
        Sentences().Matches(text).Where(match => match.Length > 0).Select(match => match.Value);

    public static bool IsOrder(string sentence) =>
        MachineText.IsIn(sentence) || EnglishMood.IsAddressed(sentence) || JapaneseMood.IsAddressed(sentence);

    /// <summary>More than the "read on" of any page: it speaks to a program.</summary>
    public static bool IsForMachines(string sentence) =>
        (MachineText.IsIn(sentence) && !MachineText.HasAddress(sentence))
        || EnglishMood.IsToReader(sentence)
        || JapaneseMood.IsToReader(sentence);

    /// <summary>Whether all sentences state something.</summary>
    public static bool IsStatement(string text) => !Split(text).Any(IsOrder);

    /// <summary>The text without sentences that do not.</summary>
    public static string Strike(string text) =>
        string.Concat(Split(text).Select(sentence => IsOrder(sentence) ? Without(sentence) : sentence));

    /// <summary>What stands in the place of a sentence.</summary>
    public static string Without(string sentence) => Mark + (sentence.EndsWith('\n') ? "\n" : " ");

    // To the end of a line, or to a full stop, whichever comes first.
    [GeneratedRegex(@"[^\n.!?。！？]*(?:[.!?](?!\s|$)[^\n.!?。！？]*)*(?:[.!?]+(?:\s|$)|[。！？]+|\n|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Sentences();
}
