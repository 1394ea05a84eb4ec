using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>Values as Python writes them: the chat template was written for it, and the model has learned what it writes.</summary>
internal static class PythonText
{
    /// <summary><c>str.strip()</c>.</summary>
    public static string Strip(string text) => StripStart(StripEnd(text));

    /// <summary><c>str.lstrip()</c>.</summary>
    public static string StripStart(string text)
    {
        var start = 0;
        while (start < text.Length && IsSpace(text[start]))
            start++;
        return text[start..];
    }

    /// <summary><c>str.rstrip()</c>.</summary>
    public static string StripEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
            end--;
        return text[..end];
    }

    /// <summary><c>json.dumps(value, ensure_ascii=False)</c>.</summary>
    public static string Json(JsonElement value)
    {
        var text = new StringBuilder();
        WriteJson(value, text);
        return text.ToString();
    }

    /// <summary><c>str(value)</c> of a scalar, JSON of an object or array.</summary>
    public static string Argument(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Null => "None",
        _ => Json(value),
    };

    private static void WriteJson(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                var members = 0;
                foreach (var member in value.EnumerateObject())
                {
                    text.Append(members++ == 0 ? "" : ", ");
                    WriteString(member.Name, text);
                    text.Append(": ");
                    WriteJson(member.Value, text);
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                var items = 0;
                foreach (var item in value.EnumerateArray())
                {
                    text.Append(items++ == 0 ? "" : ", ");
                    WriteJson(item, text);
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                WriteString(value.GetString()!, text);
                break;
            case JsonValueKind.Number:
                text.Append(Number(value.GetRawText()));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    // Python keeps integers as they are written, and writes the shortest digits of a float: with an exponent below 1e-4 and from 1e16 on.
    private static string Number(string json)
    {
        if (json.AsSpan().IndexOfAny('.', 'e', 'E') < 0)
            return json;
        var value = double.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value))
            return value > 0 ? "Infinity" : "-Infinity";
        var scientific = value.ToString("E16", CultureInfo.InvariantCulture);
        var exponent = value == 0
            ? 0
            : int.Parse(
                scientific.AsSpan(scientific.IndexOf('E', StringComparison.Ordinal) + 1),
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture);
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var digits = new string([.. shortest.TakeWhile(c => c != 'E').Where(char.IsAsciiDigit)]).TrimStart('0').TrimEnd('0');
        var sign = double.IsNegative(value) ? "-" : "";
        if (digits.Length == 0)
            return sign + "0.0";
        if (exponent is >= -4 and < 16)
        {
            if (exponent < 0)
                return sign + "0." + new string('0', -exponent - 1) + digits;
            digits = digits.PadRight(exponent + 1, '0');
            return sign + digits[..(exponent + 1)] + "." + (digits.Length > exponent + 1 ? digits[(exponent + 1)..] : "0");
        }

        var mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';
}
