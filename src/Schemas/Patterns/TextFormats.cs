using System.Globalization;

namespace Qwen35Batch.Schemas.Patterns;

/// <summary>The formats of JSON Schema that a text can be held to. Others are annotations.</summary>
internal static class TextFormats
{
    // A leap year is divisible by 4, and by 400 if by 100. There is no year 0 in most calendars that read this.
    private const string Year = @"(?:000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})";
    private const string LeapYear = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";
    private const string DayOfMonth =
        @"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))";
    private const string Date = $"(?:{Year}-{DayOfMonth}|{LeapYear}-02-29)";

    // Offsets as far as time zones go.
    private const string Fraction = @"(?:\.\d{1,6})?";
    private const string Time = $@"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d{Fraction}(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)";

    private const string TimePart = @"T(?:\d{1,9}H(?:\d{1,9}M(?:\d{1,9}S)?)?|\d{1,9}M(?:\d{1,9}S)?|\d{1,9}S)";
    private const string Duration =
        $@"P(?:\d{{1,9}}W|(?:\d{{1,9}}Y(?:\d{{1,9}}M(?:\d{{1,9}}D)?)?|\d{{1,9}}M(?:\d{{1,9}}D)?|\d{{1,9}}D)(?:{TimePart})?|{TimePart})";

    // RFC 5322's atoms in front, names with at least one dot behind.
    private const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-]+";
    private const string Label = "[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*";
    private const string Email = $"{Atom}(?:\\.{Atom})*@(?:{Label}\\.)+[A-Za-z]{{2,24}}";

    // At most 253 characters in all, whatever is repeated; two dashes in a row are kept for names in other alphabets.
    private const string HostName = @"(?:[A-Za-z0-9](?:-?[A-Za-z0-9]){0,14}\.){0,6}[A-Za-z0-9](?:-?[A-Za-z0-9]){0,30}";

    private const string Hex = "[0-9A-Fa-f]";
    private const string Uuid = $"{Hex}{{8}}-{Hex}{{4}}-{Hex}{{4}}-{Hex}{{4}}-{Hex}{{12}}";

    private const string Octet = @"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)";
    private const string Address4 = $@"{Octet}\.{Octet}\.{Octet}\.{Octet}";
    private const string Group = $"{Hex}{{1,4}}";
    private const string LastGroups = $"(?:{Group}:{Group}|{Address4})";

    private const string Address6 =
        $"(?:(?:{Group}:){{6}}{LastGroups}|::(?:{Group}:){{5}}{LastGroups}|(?:{Group})?::(?:{Group}:){{4}}{LastGroups}"
        + $"|(?:(?:{Group}:){{0,1}}{Group})?::(?:{Group}:){{3}}{LastGroups}|(?:(?:{Group}:){{0,2}}{Group})?::(?:{Group}:){{2}}{LastGroups}"
        + $"|(?:(?:{Group}:){{0,3}}{Group})?::{Group}:{LastGroups}|(?:(?:{Group}:){{0,4}}{Group})?::{LastGroups}"
        + $"|(?:(?:{Group}:){{0,5}}{Group})?::{Group}|(?:(?:{Group}:){{0,6}}{Group})?::)";

    private const string Token = "(?:[^~/]|~[01])*";

    private static readonly Dictionary<string, Lazy<PatternAutomaton>> Formats = new()
    {
        ["date"] = Whole(Date),
        ["time"] = Whole($"(?:{Time}|{LeapSeconds()})"),
        ["date-time"] = Whole($"{Date}T(?:{Time}|{LeapSeconds()})"),
        ["duration"] = Whole(Duration),
        ["email"] = Whole(Email),
        ["idn-email"] = Whole(Email),
        ["hostname"] = Whole(HostName),
        ["idn-hostname"] = Whole(HostName),
        ["ipv4"] = Whole(Address4),
        ["ipv6"] = Whole(Address6),
        ["uri"] = Whole(ResourceAddress.Absolute(ResourceAddress.Ascii)),
        ["uri-reference"] = Whole(ResourceAddress.Reference(ResourceAddress.Ascii)),
        ["iri"] = Whole(ResourceAddress.Absolute(ResourceAddress.Unicode)),
        ["iri-reference"] = Whole(ResourceAddress.Reference(ResourceAddress.Unicode)),
        ["uri-template"] = Whole(ResourceAddress.Template()),
        ["uuid"] = Whole(Uuid),
        ["json-pointer"] = Whole($"(?:/{Token})*"),
        ["regex"] = Whole(RegularExpression()),
        ["relative-json-pointer"] = Whole($@"(?:0|[1-9]\d*)(?:#|(?:/{Token})*)"),
    };

    // RFC 3986 lets a host be nearly any text, and be left out; what opens an address does not.
    private static readonly Dictionary<string, Lazy<PatternAutomaton>> Opened = new()
    {
        ["uri"] = CanBeOpened(ResourceAddress.Absolute(ResourceAddress.Ascii, isNamed: true)),
        ["uri-reference"] = CanBeOpened(ResourceAddress.Reference(ResourceAddress.Ascii, isNamed: true)),
        ["iri"] = CanBeOpened(ResourceAddress.Absolute(ResourceAddress.Unicode, isNamed: true)),
        ["iri-reference"] = CanBeOpened(ResourceAddress.Reference(ResourceAddress.Unicode, isNamed: true)),
        ["uri-template"] = Whole(ResourceAddress.Template(isPlain: true)),
    };

    /// <summary>Whether only a part of a format's texts is known, so that it cannot be told what does not fit.</summary>
    public static bool IsNarrow(string name) => name == "regex";

    public static IReadOnlyCollection<string> Names => Formats.Keys;

    /// <summary>The texts of a format, or null when it is an annotation only.</summary>
    public static PatternAutomaton? Find(string name) => Formats.TryGetValue(name, out var format) ? format.Value : null;

    /// <summary>The texts of a format that an answer is written by.</summary>
    /// <param name="name">The format.</param>
    /// <param name="fitting">Texts that fit what is asked.</param>
    public static PatternAutomaton Written(string name, PatternAutomaton fitting) =>
        Opened.TryGetValue(name, out var written) && ReferenceEquals(fitting, Find(name)) ? written.Value : fitting;

    /// <summary>A format in words.</summary>
    public static string Describe(string format) => format switch
    {
        "date" => "a date such as 2026-02-28",
        "time" => "a time such as 14:30:00Z",
        "date-time" => "a date and time such as 2026-02-28T14:30:00Z",
        "duration" => "a duration such as P3DT12H",
        "email" or "idn-email" => "an e-mail address",
        "hostname" or "idn-hostname" => "a host name such as example.org",
        "ipv4" => "an IPv4 address such as 192.0.2.1",
        "ipv6" => "an IPv6 address such as 2001:db8::1",
        "uri" or "iri" => "an address such as https://example.org/a",
        "uri-reference" or "iri-reference" => "an address, or a part of one such as /a",
        "uri-template" => "an address with variables such as /a/{name}",
        "uuid" => "a UUID",
        "regex" => "a regular expression whose groups nest three deep at most",
        _ => $"a text of the format '{format}'",
    };

    // What every reader of regular expressions takes. Groups nest without end, which no automaton follows.
    private static string RegularExpression()
    {
        const string Escape = @"\\[dDwWsS\\^$.*+?()\[\]{}|/]";
        const string Class = $@"\[\^?(?:a-z|A-Z|0-9|[A-Za-z0-9_ ,:;@#%/=]|{Escape})+\]";
        const string Times = @"(?:(?:[*+?]|\{\d{1,3},?\}|\{[01],[1-9]\d{0,2}\})\??)?";
        const string Atom = $@"[A-Za-z0-9_ ,:;@#%/=!'<>&~-]|\.|{Escape}|{Class}";
        var choice = "";
        for (var depth = 0; depth <= 3; depth++)
        {
            var group = depth == 0 ? "" : $@"|\((?:\?:)?{choice}\)";
            choice = $@"(?:(?:{Atom}{group}){Times}|[\^$]|\|)*";
        }

        return choice;
    }

    // The last minute of a UTC day may have 61 seconds; it is told for offsets of whole and half hours.
    private static string LeapSeconds()
    {
        var times = new List<string> { $"23:59:60{Fraction}Z" };
        for (var offset = 0; offset <= 14 * 60; offset += 30)
        {
            foreach (var sign in (int[])[1, -1])
            {
                var local = ((24 * 60) - 1 + (sign * offset) + (24 * 60)) % (24 * 60);
                times.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{local / 60:00}:{local % 60:00}:60{Fraction}{(sign > 0 ? "\\+" : "-")}{offset / 60:00}:{offset % 60:00}"));
            }
        }

        return string.Join('|', times);
    }

    private static Lazy<PatternAutomaton> CanBeOpened(string pattern) => new(
        () => PatternAutomaton.Compile($"^(?:{pattern})$", "#").And(PatternAutomaton.Compile(ResourceAddress.Opened, "#"), "#")!
            .Minimal());

    private static Lazy<PatternAutomaton> Whole(string pattern) => new(() => PatternAutomaton.Compile($"^(?:{pattern})$", "#"));
}
