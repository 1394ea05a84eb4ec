using System.Globalization;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Names as companies have them, Latin and Japanese, many alike in their beginnings and endings; none twice.</summary>
internal static class RandomNames
{
    private static readonly string[] Syllables =
        ["ka", "ren", "to", "mi", "sol", "ber", "an", "dor", "vi", "lex", "ma", "ro", "qui", "ste", "nor", "al", "pha", "gra", "zu", "el"];

    private static readonly string[] LatinEndings = [" GmbH", " Ltd.", " Inc", " Inc.", " & Sons", " S.A.", "", " \"Nord\"", " (Kyoto)"];

    private static readonly string[] JapaneseParts =
        ["山", "田", "川", "東京", "大阪", "商", "工業", "電機", "食品", "北", "南", "光", "精密", "化学", "村", "木", "石", "井", "ひかり", "サクラ", "テック", "フーズ"];

    private static readonly string[] JapaneseEndings = ["株式会社", "有限会社", "商店", "", "グループ", "（株）"];

    public static IEnumerable<string> Create(int count, int seed)
    {
        var random = new Random(seed);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (seen.Count < count)
        {
            var name = random.Next(2) == 0 ? Latin(random) : Japanese(random);
            if (!seen.Add(name) && !seen.Add(name += random.Next(count).ToString(CultureInfo.InvariantCulture)))
                continue;
            yield return name;
        }
    }

    private static string Latin(Random random)
    {
        var word = Parts(random, Syllables, 2, 5);
        return $"{char.ToUpperInvariant(word[0])}{word[1..]}{LatinEndings[random.Next(LatinEndings.Length)]}";
    }

    private static string Japanese(Random random) => random.Next(3) == 0
        ? $"株式会社{Parts(random, JapaneseParts, 1, 4)}"
        : $"{Parts(random, JapaneseParts, 1, 4)}{JapaneseEndings[random.Next(JapaneseEndings.Length)]}";

    private static string Parts(Random random, string[] parts, int least, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => parts[random.Next(parts.Length)]));
}
