using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Qwen35Batch.Schemas.Vocabularies;

/// <summary>
/// The names that a text may be, each with a key of the user's own: what the keyword <c>x-vocabulary</c> refers to. Immutable; a changed
/// list is another vocabulary.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>The most names, aliases included.</summary>
    public const int MostNames = 1_000_000;

    /// <summary>The most bytes of all names together, in UTF-8.</summary>
    public const long MostBytes = 64 << 20;

    private const int MostRemembered = 1_000;

    // A text is asked for again by each alternative that it might fit.
    private readonly ConcurrentDictionary<string, string?> _nearest = new(StringComparer.Ordinal);

    private readonly int[] _entryOf;
    private readonly Lazy<Dictionary<string, int>> _alike;
    private readonly IReadOnlyList<VocabularyEntry> _entries;

    private Vocabulary(string name, IReadOnlyList<VocabularyEntry> entries, NameAutomaton names, int[] entryOf, bool isOpen) =>
        (Name, _entries, Names, _entryOf, IsOpen, Hash, _alike) =
            (name, entries, names, entryOf, isOpen, HashOf(entries), new(() => Alike(entries)));

    /// <summary>The word that schemas name it by.</summary>
    public string Name { get; }

    /// <summary>True when other texts are allowed as well; they have no key.</summary>
    public bool IsOpen { get; }

    /// <summary>The number of names that a text may be, aliases included.</summary>
    public int Count => Names.Count;

    /// <summary>The first 12 hexadecimal digits of the SHA-256 of all keys, labels and aliases in their order.</summary>
    public string Hash { get; }

    /// <summary>All labels, in the order of the list.</summary>
    public IEnumerable<string> Labels => _entries.Select(entry => entry.Label);

    internal NameAutomaton Names { get; }

    /// <param name="name">The word that schemas name it by.</param>
    /// <param name="entries">The names. None of them is empty or there twice.</param>
    /// <param name="isOpen">Whether other texts are allowed as well.</param>
    /// <exception cref="VocabularyException">A label is empty or there twice, or there are none or too many; the message says
    /// which.</exception>
    public static Vocabulary Create(string name, IReadOnlyList<VocabularyEntry> entries, bool isOpen = false)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0)
            throw new VocabularyException("It has no names: then no text would fit.");
        var count = entries.Sum(entry => 1 + entry.Aliases.Count);
        if (count > MostNames)
            throw new VocabularyException($"It has {count} names and aliases, more than {MostNames}: leave out those that never occur.");
        var names = new string[count];
        var owners = new int[count];
        var at = 0;
        var bytes = 0L;
        foreach (var (i, entry) in entries.Index())
        {
            foreach (var text in entry.Aliases.Prepend(entry.Label))
            {
                if (string.IsNullOrWhiteSpace(text))
                    throw new VocabularyException($"{entry.Place}: a label or an alias is empty.", entry.Place);
                bytes += Encoding.UTF8.GetByteCount(text);
                (names[at], owners[at]) = (text, i);
                at++;
            }
        }
        if (bytes > MostBytes)
            throw new VocabularyException($"Its names have {bytes >> 20} MB, more than {MostBytes >> 20} MB: leave out some.");
        var written = Array.ConvertAll(names, NameAutomaton.Written);
        var order = NameAutomatonBuilder.Sort(written);
        for (var i = 1; i < order.Length; i++)
        {
            if (written[order[i]].AsSpan().SequenceEqual(written[order[i - 1]]))
                throw Twice(names[order[i]], entries, owners[order[i]], owners[order[i - 1]]);
        }

        // A name's number in the automaton is its place in this order.
        return new Vocabulary(
            name, entries, NameAutomatonBuilder.Build(written, order), Array.ConvertAll(order, index => owners[index]), isOpen);
    }

    /// <summary>Whose label or alias a text is, or null.</summary>
    public VocabularyEntry? Find(string text) =>
        Names.IndexOf(text) is var index && index != NameAutomaton.None ? _entries[_entryOf[index]] : null;

    /// <summary>
    /// Whose label or alias a text is but for upper and lower case, widths, spaces and marks between words; null when it is none's, or that
    /// of several. It is for answers of those who were not held to the list.
    /// </summary>
    public VocabularyEntry? FindAlike(string text) =>
        Find(text) ?? (_alike.Value.TryGetValue(NameShape.Of(text), out var owner) && owner != NameAutomaton.None ? _entries[owner] : null);

    /// <summary>The label or alias that a text is nearest to, by the characters that differ; null when none is near.</summary>
    public string? FindNearest(string text)
    {
        if (_nearest.Count >= MostRemembered) _nearest.Clear();
        return _nearest.GetOrAdd(text, wanted => NearestName.Find(Names, wanted));
    }

    /// <summary>Whether a text fits where a schema refers to this list.</summary>
    public bool Allows(string text) => IsOpen || Names.IndexOf(text) != NameAutomaton.None;

    private static VocabularyException Twice(string text, IReadOnlyList<VocabularyEntry> entries, int one, int other)
    {
        var (first, second) = (entries[Math.Min(one, other)], entries[Math.Max(one, other)]);
        return new VocabularyException(
            $"{second.Place}: '{text}' is there twice, the first time in {first.Place}; make labels and aliases differ, such as by a place "
                + $"or a number in brackets.",
            second.Place);
    }

    private static Dictionary<string, int> Alike(IReadOnlyList<VocabularyEntry> entries)
    {
        var alike = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, entry) in entries.Index())
        {
            foreach (var text in entry.Aliases.Prepend(entry.Label).Select(NameShape.Of))
                alike[text] = alike.TryGetValue(text, out var other) && other != i ? NameAutomaton.None : i;
        }

        return alike;
    }

    private static string HashOf(IReadOnlyList<VocabularyEntry> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in entries)
        {
            foreach (var text in entry.Aliases.Prepend(entry.Label).Prepend(entry.Key))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(text));
                hash.AppendData("\0"u8);
            }

            hash.AppendData("\n"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
