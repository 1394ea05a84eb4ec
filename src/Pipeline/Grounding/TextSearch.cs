namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>Finds a folded text in another one, character by character; where it is not, what comes near.</summary>
internal static class TextSearch
{
    private const int MostFound = 200;
    private const int ShortestInexact = 8;
    private const double MostDifferent = 0.2;

    /// <summary>Where it stands, to the letter.</summary>
    /// <returns>Places of <see cref="FoldedText.Compact"/>, and whether the stretch stands for itself and not within a word.</returns>
    public static IEnumerable<(int Start, int End, bool IsWhole)> Exact(FoldedText text, string wanted)
    {
        var found = 0;
        var at = 0;
        while (found < MostFound && wanted.Length > 0 && (at = text.Compact.IndexOf(wanted, at, StringComparison.Ordinal)) >= 0)
        {
            var end = at + wanted.Length;
            if (!Splits(text, at) && !Splits(text, end))
            {
                found++;
                yield return (at, end, !IsWithinNumber(text, at, end));
            }

            at++;
        }
    }

    /// <summary>
    /// Where something stands that differs in few letters. Digits never differ: another number is another value.
    /// </summary>
    /// <returns>Places of <see cref="FoldedText.Compact"/>, and the number of letters that differ.</returns>
    public static IEnumerable<(int Start, int End, int Distance)> Near(FoldedText text, string wanted)
    {
        var most = wanted.Length < ShortestInexact ? 0 : (int)(wanted.Length * MostDifferent);
        if (most == 0 || text.Compact.Length == 0)
            return [];
        var digits = Digits(wanted);
        return Ends(text.Compact, wanted, most)
            .Where(place => !Splits(text, place.Start) && !Splits(text, place.End)
                && Digits(text.Compact[place.Start..place.End]) == digits)
            .OrderBy(place => place.Distance)
            .Take(MostFound);
    }

    /// <summary>How much work <see cref="Near"/> is.</summary>
    public static long Work(FoldedText text, string wanted) =>
        wanted.Length < ShortestInexact ? 0 : (long)text.Compact.Length * wanted.Length;

    /// <summary>Sellers' algorithm: the distance of the best stretch that ends at each place, with where it starts.</summary>
    private static List<(int Start, int End, int Distance)> Ends(string text, string wanted, int most)
    {
        var found = new List<(int Start, int End, int Distance)>();
        var distance = new int[wanted.Length + 1];
        var start = new int[wanted.Length + 1];
        for (var row = 0; row <= wanted.Length; row++)
            distance[row] = row;
        for (var at = 0; at < text.Length; at++)
        {
            var (diagonal, diagonalStart) = (distance[0], start[0]);
            (distance[0], start[0]) = (0, at + 1);
            diagonalStart = at;
            for (var row = 1; row <= wanted.Length; row++)
            {
                var (above, aboveStart) = (distance[row], start[row]);
                var best = diagonal + (wanted[row - 1] == text[at] ? 0 : 1);
                var bestStart = diagonalStart;
                if (above + 1 < best)
                    (best, bestStart) = (above + 1, aboveStart);
                if (distance[row - 1] + 1 < best)
                    (best, bestStart) = (distance[row - 1] + 1, start[row - 1]);
                (distance[row], start[row]) = (best, bestStart);
                (diagonal, diagonalStart) = (above, aboveStart);
            }

            if (distance[wanted.Length] <= most)
                Add(found, (start[wanted.Length], at + 1, distance[wanted.Length]));
        }

        return found;
    }

    // Of those that overlap, the nearest.
    private static void Add(List<(int Start, int End, int Distance)> found, (int Start, int End, int Distance) place)
    {
        if (found.Count == 0 || found[^1].End <= place.Start)
            found.Add(place);
        else if (place.Distance < found[^1].Distance)
            found[^1] = place;
    }

    /// <summary>Whether a border goes through a word or a number: those of Latin, Greek or Cyrillic letters, and digits.</summary>
    private static bool Splits(FoldedText text, int at)
    {
        if (at == 0 || at == text.Compact.Length || !text.IsJoined(at))
            return false;
        var (before, after) = (text.Compact[at - 1], text.Compact[at]);
        return (char.IsAsciiDigit(before) && char.IsAsciiDigit(after)) || (IsLetter(before) && IsLetter(after));
    }

    private static bool IsLetter(char character) => character < '\u0600' && char.IsLetter(character);

    /// <summary>Whether a number goes on beyond a stretch, as in 12 of 12.5 or 2026-03 of 2026-03-01.</summary>
    private static bool IsWithinNumber(FoldedText text, int start, int end) =>
        (char.IsAsciiDigit(text.Compact[start]) && Joins(text, start - 1, start - 2, start))
        || (char.IsAsciiDigit(text.Compact[end - 1]) && Joins(text, end, end + 1, end));

    private static bool Joins(FoldedText text, int mark, int beyond, int border) =>
        mark >= 0 && beyond >= 0 && mark < text.Compact.Length && beyond < text.Compact.Length
        && text.IsJoined(border) && text.IsJoined(Math.Max(mark, beyond))
        && text.Compact[mark] is '.' or ',' or '-' or '/' or ':'
        && char.IsAsciiDigit(text.Compact[beyond]);

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
