namespace Qwen35Batch.Schemas.Patterns;

/// <summary>The addresses of RFC 3986, and with characters of all alphabets those of RFC 3987, as regular expressions.</summary>
internal static class ResourceAddress
{
    /// <summary>The letters of an address.</summary>
    public const string Ascii = "A-Za-z";

    public const string Unicode =
        @"A-Za-z\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\u{10000}-\u{1fffd}\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}";

    private const string Delimiters = "!$&'()*+,;=";
    private const string Percent = "%[0-9A-Fa-f]{2}";
    private const string Octet = @"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)";
    private const string Group = "[0-9A-Fa-f]{1,4}";

    // Where RFC 9110 and others ask for a host.
    private const string Web = "(?:[Hh][Tt][Tt][Pp][Ss]?|[Ff][Tt][Pp]|[Ww][Ss][Ss]?)";

    // What stands in brackets: eight groups, or fewer around '::'.
    private const string Address6 =
        $@"(?:{Group}(?::{Group}){{7}}|(?:{Group}(?::{Group}){{0,2}})?::(?:{Group}(?::{Group}){{0,3}})?|"
            + $@"::(?:{Group}:){{0,4}}{Octet}\.{Octet}\.{Octet}\.{Octet})";

    /// <summary>
    /// Addresses that can be opened: of the web those with a host and without a password, of files those with two slashes and
    /// without a user.
    /// </summary>
    public static string Opened =>
        $"^(?!{Web}:(?!//(?:\\[[^/?#@]*|[^/?#:@]+)(?::[0-9]*)?(?:[/?#]|$)))(?![Ff][Ii][Ll][Ee]:(?!//[^/?#@]*(?:[/?#]|$)))";

    /// <summary>An address with a scheme.</summary>
    /// <param name="letters">Which letters it has.</param>
    /// <param name="isNamed">
    /// Whether a host is a name that a network may know, and a scheme is short but no letter of a drive; else both are any text.
    /// </param>
    public static string Absolute(string letters, bool isNamed = false) =>
        $@"[A-Za-z][A-Za-z0-9+\-.]{(isNamed ? "{1,31}" : "*")}:(?:{Authority(letters, isNamed)}{Segments(letters)}|"
            + $@"/(?:{Character(letters)}+{Segments(letters)})?|{Character(letters)}+{Segments(letters)}|){Rest(letters)}";

    /// <summary>An address, or the part of one that is left out before it.</summary>
    /// <param name="letters">Which letters it has.</param>
    /// <param name="isNamed">Whether a host is a name that a network may know, and a scheme is short; else both are any text.</param>
    public static string Reference(string letters, bool isNamed = false)
    {
        var first = $@"(?:[{letters}0-9\-._~{Delimiters}@]|{Percent})+";
        return $"(?:{Absolute(letters, isNamed)}|(?:{Authority(letters, isNamed)}{Segments(letters)}|"
            + $"/(?:{Character(letters)}+{Segments(letters)})?|{first}{Segments(letters)}|){Rest(letters)})";
    }

    /// <summary>An address with variables, as RFC 6570 has it.</summary>
    /// <param name="isPlain">Whether it has none but ASCII characters, and no operator that RFC 6570 leaves to the future.</param>
    public static string Template(bool isPlain = false)
    {
        var others = isPlain ? "" : @"\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\uffef\u{10000}-\u{10ffff}";
        var literal = $@"(?:[!#$&(-;=?-Z\[\]_a-z~{others}]|{Percent})";
        var name = isPlain ? @"\w+(?:\.\w+)*" : $@"(?:\w|{Percent})+(?:\.(?:\w|{Percent})+)*";
        var variable = $@"{name}(?::[1-9]\d{{0,3}}|\*)?";
        return $@"(?:{literal}|\{{[+#./;?&{(isPlain ? "" : "=,!@|")}]?{variable}(?:,{variable})*\}})*";
    }

    private static string Character(string letters) => $@"(?:[{letters}0-9\-._~{Delimiters}:@]|{Percent})";

    private static string Segments(string letters) => $"(?:/{Character(letters)}*)*";

    // What can be opened has a host where it has a user or a port, and a port that there is.
    private static string Authority(string letters, bool isNamed)
    {
        var user = $@"(?:(?:[{letters}0-9\-._~{Delimiters}:]|{Percent})*@)?";
        return isNamed
            ? $@"//(?:{user}(?:\[{Address6}\]|{Host(letters)})(?::(?:[1-9]\d{{0,3}}|[1-5]\d{{4}}))?)?"
            : $@"//{user}(?:\[{Address6}\]|(?:[{letters}0-9\-._~{Delimiters}]|{Percent})*)(?::\d*)?";
    }

    // Marks and spaces of other alphabets are for some readers a dot, or nothing.
    private static string Host(string letters)
    {
        letters = letters == Unicode ? @"\p{L}" : letters;
        var label = $@"[{letters}0-9](?:[{letters}0-9_\-]{{0,61}}[{letters}0-9])?";
        return $@"{label}(?:\.{label})*";
    }

    private static string Rest(string letters)
    {
        var any = $@"(?:[{letters}0-9\-._~{Delimiters}:@/?]|{Percent})*";
        return $@"(?:\?{any})?(?:#{any})?";
    }
}
