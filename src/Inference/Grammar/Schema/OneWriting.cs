using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Writing;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>
/// What is written in one way only: two items are the same value just when they are the same text. It holds no escapes but those that a
/// free text needs.
/// </summary>
internal static class OneWriting
{
    // Of more, pairs of properties are not compared.
    private const int MostProperties = 200;

    private static readonly PatternAutomaton Unescaped = PatternAutomaton.Compile(@"^[^""\\\u0001-\u001f\u007f]*$", "#");

    /// <summary>The texts that need no escape, or null when each does.</summary>
    public static PatternAutomaton? Of(PatternAutomaton texts) => texts.And(Unescaped, "#");

    /// <summary>
    /// An object without properties whose names are not listed, or with one of them where it has no others: it would have several orders.
    /// </summary>
    public static MergedObject Of(MergedObject merged)
    {
        if (merged.Properties.Count > 0 || merged.Needed is not { Count: 0 })
            return merged with { Others = [] };
        var known = merged.Known.Count > 0 ? PatternAutomaton.Words(merged.Known, "#") : null;
        var free = known is null ? PatternAutomaton.Anything : PatternAutomaton.Anything.Except(known, "#");
        return merged with
        {
            Others = [.. merged.Others.Select(other => (Of((other.Names ?? free)!), other.Value)).Where(other => other.Item1 is not null)],
            Max = Math.Min(1, merged.Max ?? 1),
        };
    }

    /// <summary>Fixed values as they are written.</summary>
    /// <exception cref="UnsupportedSchemaException">One can be written in several ways.</exception>
    public static string[] Of(string pointer, IEnumerable<JsonElement> values)
    {
        var written = values.ToArray();
        if (Array.Exists(written, value => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array))
            throw Refuse(pointer, "fixed objects or arrays beside other items");
        if (Array.Exists(written, value => value.ValueKind == JsonValueKind.Number && !IsShortest(value.GetRawText())))
            throw Refuse(pointer, "fixed numbers with an exponent or with zeros at their end");
        var texts = Array.ConvertAll(written, JsonText.Write);
        Check(pointer, texts);
        return texts;
    }

    /// <exception cref="UnsupportedSchemaException">A text has an escape, which can be written in several ways.</exception>
    public static void Check(string pointer, IEnumerable<string> written)
    {
        if (written.Any(text => text.Contains('\\', StringComparison.Ordinal)))
            throw Refuse(pointer, "values with quotes, backslashes or line ends in them");
    }

    /// <exception cref="UnsupportedSchemaException">Two of the alternatives write the same properties in different orders.</exception>
    public static void Check(string pointer, IEnumerable<ObjectNode> alternatives)
    {
        var orders = new HashSet<(string, string)>();
        var objects = alternatives.ToArray();
        foreach (var names in objects.Length < 2 ? [] : objects.Select(node => node.Properties.Select(property => property.Name).ToArray()))
        {
            if (names.Length > MostProperties)
                throw Refuse(pointer, $"alternatives with more than {MostProperties} properties");
            for (var i = 0; i < names.Length; i++)
            {
                for (var j = i + 1; j < names.Length; j++)
                {
                    if (orders.Contains((names[j], names[i])))
                        throw Refuse(pointer, $"alternatives that name '{names[i]}' and '{names[j]}' in different orders");
                    orders.Add((names[i], names[j]));
                }
            }
        }
    }

    public static UnsupportedSchemaException Refuse(string pointer, string what) =>
        new($"{pointer}/uniqueItems", $"an answer cannot be held to items that all differ (uniqueItems) for {what}.");

    private static bool IsShortest(string number) =>
        !number.AsSpan().ContainsAny("eE") && number != "-0" && !(number.Contains('.', StringComparison.Ordinal) && number[^1] == '0');
}
