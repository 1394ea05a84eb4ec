using System.Collections;
using System.Globalization;
using System.Text;

namespace Qwen35Batch.Inference.Tokenization.BytePairs;

/// <summary>
/// Unicode's normalisation form C (UAX #15). Written out because <see cref="string.Normalize()"/> returns its input unchanged in a program
/// with InvariantGlobalization, and the tokenizer would then give other ids than the model was trained on.
/// </summary>
internal static class CanonicalForm
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;

    private static readonly Dictionary<int, byte> Classes = [];
    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<(int, int), int> Compositions = [];

    /// <summary>
    /// The UTF-16 units that a composed text cannot contain, or only in some places: without them a text is composed already.
    /// </summary>
    private static readonly BitArray Suspects = new(0x10000);

    static CanonicalForm()
    {
        using var stream = typeof(CanonicalForm).Assembly.GetManifestResourceStream("canonical.txt")
            ?? throw new InvalidOperationException("The Unicode table is missing from the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                Add(line.Split(';'));
        }

        for (var i = VowelBase; i < VowelBase + VowelCount; i++)
            Suspects[i] = true;
        for (var i = TrailBase + 1; i < TrailBase + TrailCount; i++)
            Suspects[i] = true;
    }

    /// <summary>Composes a text; lone surrogates of one that has to be changed become U+FFFD.</summary>
    public static string Compose(string text)
    {
        var suspect = false;
        foreach (var unit in text)
            suspect |= unit >= 0x300 && Suspects[unit];
        if (!suspect)
            return text;

        var characters = new List<(int Character, byte Class)>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, characters);
        Order(characters);
        return Recompose(characters);
    }

    private static void Add(string[] fields)
    {
        var character = Hex(fields[0]);
        var combiningClass = byte.Parse(fields[1], CultureInfo.InvariantCulture);
        if (combiningClass != 0)
            Classes[character] = combiningClass;
        int[] parts = fields[2].Length == 0 ? [] : [.. fields[2].Split(' ').Select(Hex)];
        if (parts.Length > 0)
            Decompositions[character] = parts;
        var recomposes = parts.Length == 2 && fields.Length == 3;
        if (recomposes)
        {
            Compositions[(parts[0], parts[1])] = character;
            Suspect(parts[1]);
        }

        if (combiningClass != 0 || (parts.Length > 0 && !recomposes))
            Suspect(character);
    }

    // A supplementary character is suspected by its first unit, which it shares with 1,023 others: they only lose the short cut.
    private static void Suspect(int character) =>
        Suspects[character < 0x10000 ? character : 0xD800 + ((character - 0x10000) >> 10)] = true;

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static void Decompose(int character, List<(int Character, byte Class)> into)
    {
        var syllable = character - HangulBase;
        if (syllable is >= 0 and < LeadCount * VowelCount * TrailCount)
        {
            into.Add((LeadBase + syllable / (VowelCount * TrailCount), 0));
            into.Add((VowelBase + syllable % (VowelCount * TrailCount) / TrailCount, 0));
            if (syllable % TrailCount != 0)
                into.Add((TrailBase + syllable % TrailCount, 0));
        }
        else if (Decompositions.TryGetValue(character, out var parts))
        {
            foreach (var part in parts)
                Decompose(part, into);
        }
        else
        {
            into.Add((character, Classes.GetValueOrDefault(character)));
        }
    }

    private static void Order(List<(int Character, byte Class)> characters)
    {
        for (var start = 0; start < characters.Count; start++)
        {
            var end = start;
            while (end < characters.Count && characters[end].Class != 0)
                end++;
            if (end - start > 1)
            {
                var sorted = characters.GetRange(start, end - start).OrderBy(c => c.Class).ToList();
                for (var i = 0; i < sorted.Count; i++)
                    characters[start + i] = sorted[i];
            }

            start = Math.Max(start, end);
        }
    }

    private static string Recompose(List<(int Character, byte Class)> characters)
    {
        var composed = new List<int>(characters.Count);
        var starter = -1;
        var lastClass = 0;
        foreach (var (character, combiningClass) in characters)
        {
            if (starter >= 0 && (lastClass == 0 || lastClass < combiningClass) && Pair(composed[starter], character) is { } whole)
            {
                composed[starter] = whole;
                continue;
            }

            if (combiningClass == 0)
                starter = composed.Count;
            lastClass = combiningClass;
            composed.Add(character);
        }

        var text = new StringBuilder(composed.Count);
        foreach (var character in composed)
            text.Append(new Rune(character).ToString());
        return text.ToString();
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
            return HangulBase + ((first - LeadBase) * VowelCount + second - VowelBase) * TrailCount;
        if (first is >= HangulBase and < HangulBase + LeadCount * VowelCount * TrailCount && (first - HangulBase) % TrailCount == 0
            && second is > TrailBase and < TrailBase + TrailCount)
        {
            return first + second - TrailBase;
        }

        return Compositions.TryGetValue((first, second), out var whole) ? whole : null;
    }
}
