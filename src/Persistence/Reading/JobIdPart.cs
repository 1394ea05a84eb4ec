namespace Qwen35Batch.Persistence.Reading;

/// <summary>A job's id, or as much of its beginning or its end as a person typed. The end of an id is random and soon unique.</summary>
public sealed record JobIdPart
{
    /// <summary>The fewest digits.</summary>
    public const int Shortest = 4;

    private const int Longest = 32;

    private JobIdPart(string digits) => Digits = digits;

    /// <summary>Its hexadecimal digits, lower case, without dashes.</summary>
    public string Digits { get; }

    /// <summary>The whole id; null when it is only a part of one.</summary>
    public Guid? Whole => Digits.Length == Longest ? Guid.ParseExact(Digits, "N") : null;

    /// <summary>The first id that begins so.</summary>
    internal Guid First => Guid.ParseExact(Digits.PadRight(Longest, '0'), "N");

    /// <summary>The last id that begins so.</summary>
    internal Guid Last => Guid.ParseExact(Digits.PadRight(Longest, 'f'), "N");

    /// <summary>The end of ids that end so, with dashes as they are stored.</summary>
    internal string End
    {
        get
        {
            var whole = Guid.ParseExact(Digits.PadLeft(Longest, '0'), "N").ToString("D");
            var (start, digits) = (whole.Length, 0);
            while (digits < Digits.Length)
                if (whole[--start] != '-') digits++;
            return whole[start..];
        }
    }

    /// <summary>Reads what a person typed: dashes, braces and case do not matter.</summary>
    /// <returns>Null for what is no part of an id.</returns>
    public static JobIdPart? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var digits = text.Trim().Trim('{', '}', '…', '.').Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        return digits.Length is >= Shortest and <= Longest && digits.All(char.IsAsciiHexDigit) ? new(digits) : null;
    }
}
