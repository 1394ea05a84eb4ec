namespace Qwen35Batch.Schemas.Patterns;

/// <summary>Some of the characters that an answer may hold: every Unicode scalar value but U+0000.</summary>
internal sealed class CodePointSet
{
    private const int Highest = 0x10FFFF;

    private CodePointSet(IReadOnlyList<(int Low, int High)> ranges) => Ranges = ranges;

    public static CodePointSet All { get; } = Of((1, Highest));

    /// <summary>U+0000, from which a range may begin; it leaves every other set.</summary>
    public static CodePointSet Null { get; } = new([(0, 0)]);

    public static CodePointSet Digits { get; } = Of(('0', '9'));

    public static CodePointSet WordCharacters { get; } = Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    /// <summary>The white space and line ends of ECMA-262.</summary>
    public static CodePointSet Spaces { get; } = Of(
        ('\t', '\r'),
        (' ', ' '),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF));

    /// <summary>What a dot stands for.</summary>
    public static CodePointSet InLine { get; } = Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)).Complement();

    /// <summary>Ascending, apart from one another.</summary>
    public IReadOnlyList<(int Low, int High)> Ranges { get; }

    public bool IsEmpty => Ranges.Count == 0;

    public static CodePointSet Of(params IEnumerable<(int Low, int High)> ranges)
    {
        var joined = new List<(int Low, int High)>();
        foreach (var (low, high) in ranges.SelectMany(Writable).Order())
        {
            if (joined.Count > 0 && low <= joined[^1].High + 1)
                joined[^1] = (joined[^1].Low, Math.Max(joined[^1].High, high));
            else
                joined.Add((low, high));
        }

        return new CodePointSet(joined);
    }

    public CodePointSet Complement()
    {
        var gaps = new List<(int, int)>();
        var next = 0;
        foreach (var (low, high) in Ranges)
        {
            gaps.Add((next, low - 1));
            next = high + 1;
        }
        return Of([.. gaps, (next, Highest)]);
    }

    private static IEnumerable<(int Low, int High)> Writable((int Low, int High) range)
    {
        foreach (var (low, high) in ((int, int)[])[
            (Math.Max(range.Low, 1), Math.Min(range.High, 0xD7FF)),
            (Math.Max(range.Low, 0xE000), range.High)
        ])
        {
            if (low <= high)
                yield return (low, high);
        }
    }
}
