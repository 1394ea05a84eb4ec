using System.Text;

namespace Qwen35Batch.Schemas.Patterns;

/// <summary>Capital and small letters as one: what the flag <c>i</c> of a pattern asks for.</summary>
internal static class LetterCases
{
    // The long s and the signs of kelvin and ångström are the letters that they look like to some readers only.
    private static readonly int[] Disputed = [0x17F, 0x212A, 0x212B, 0x130, 0x131];

    private static readonly Lazy<(int Capital, int Small)[]> Pairs = new(() =>
    [
        .. Enumerable.Range(0, 0x10FFFF).Where(Rune.IsValid)
            .Select(character => (Rune.ToUpperInvariant(new Rune(character)).Value, character))
            .Where(pair => pair.Item1 != pair.character)
    ]);

    /// <summary>The characters and their other cases.</summary>
    /// <param name="set">The characters.</param>
    /// <param name="isNegated">Whether what is left is asked for: then what is disputed is none of it either.</param>
    public static CodePointSet Of(CodePointSet set, bool isNegated = false)
    {
        var added = new List<(int Low, int High)>(set.Ranges);
        foreach (var (capital, small) in Pairs.Value)
        {
            if (!isNegated && (Array.IndexOf(Disputed, capital) >= 0 || Array.IndexOf(Disputed, small) >= 0))
                continue;
            if (Holds(set, capital))
                added.Add((small, small));
            else if (Holds(set, small))
                added.Add((capital, capital));
        }

        if (isNegated && set.Ranges.Count > 0)
            added.AddRange(Disputed.Select(character => (character, character)));
        return CodePointSet.Of(added);
    }

    private static bool Holds(CodePointSet set, int character)
    {
        var (from, to) = (0, set.Ranges.Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (set.Ranges[middle].High < character)
                from = middle + 1;
            else
                to = middle;
        }

        return from < set.Ranges.Count && set.Ranges[from].Low <= character;
    }
}
