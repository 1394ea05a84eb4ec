namespace Qwen35Batch.Schemas.Patterns;

/// <summary>The formats of JSON Schema that a text can be held to.</summary>
internal static class TextFormats
{
    // A leap year is divisible by 4, and by 400 if by 100. There is no year 0 in most calendars that read this.
    private const string Year = @"(?:000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})";
    private const string LeapYear = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";
    private const string DayOfMonth = @"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))";
    private const string Date = $"(?:{Year}-{DayOfMonth}|{LeapYear}-02-29)";

    // Seconds to 59: few who read times know leap seconds. Offsets as far as time zones go.
    private const string Time = @"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)";

    // RFC 5322's atoms in front, names with at least one dot behind.
    private const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-]+";
    private const string Label = "[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*";
    private const string Email = $"{Atom}(?:\\.{Atom})*@(?:{Label}\\.)+[A-Za-z]{{2,24}}";

    private const string Hex = "[0-9A-Fa-f]";
    private const string Uuid = $"{Hex}{{8}}-{Hex}{{4}}-{Hex}{{4}}-{Hex}{{4}}-{Hex}{{12}}";

    private static readonly Dictionary<string, Lazy<PatternAutomaton>> Formats = new()
    {
        ["date"] = Whole(Date),
        ["date-time"] = Whole($"{Date}T{Time}"),
        ["email"] = Whole(Email),
        ["uuid"] = Whole(Uuid),
    };

    /// <exception cref="UnsupportedSchemaException">The format is not known.</exception>
    public static PatternAutomaton Find(string name, string at) => Formats.TryGetValue(name, out var format)
        ? format.Value
        : throw new UnsupportedSchemaException(at, $"the format '{name}' is not supported; supported are {string.Join(", ", Formats.Keys)}. Others can be written as a pattern.");

    private static Lazy<PatternAutomaton> Whole(string pattern) => new(() => PatternAutomaton.Compile($"^{pattern}$", "#"));
}
