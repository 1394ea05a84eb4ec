using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>Parses a task's file, or a schema alone, which may have comments and commas at the end of lists.</summary>
/// <param name="Root">What it says.</param>
/// <param name="Faults">
/// Where it cannot be meant as it stands, as a JSON pointer, and why; <paramref name="Root"/> then has something else in its place.
/// </param>
internal sealed record TaskFileDocument(JsonElement Root, IReadOnlyList<(string Pointer, string Reason)> Faults)
{
    // What goes through schemas and insights as JSON takes no more.
    private const int MaxDepth = 64;

    private const int ShownPointer = 80;
    private const string HalfPair = "it has half of a surrogate pair (\\ud800 to \\udfff), which is no text.";

    private static readonly JsonDocumentOptions Reading = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 4 * MaxDepth,
    };

    /// <exception cref="InvalidTaskException">The file is not JSON; the message says where.</exception>
    public static TaskFileDocument Parse(string file, ReadOnlyMemory<byte> content)
    {
        if (content.Span.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) || content.Span.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]))
            throw new InvalidTaskException($"'{file}' is written in UTF-16: save it as UTF-8.");
        var json = content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content;
        if (json.Span.Trim(" \t\r\n"u8).IsEmpty) throw new InvalidTaskException($"'{file}' is empty.");
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(json, Reading);
            root = Plain(json) ? document.RootElement.Clone() : Rewritten(document.RootElement);
        }
        catch (JsonException invalid)
        {
            throw new InvalidTaskException($"'{file}' is not valid JSON{Place(invalid)}: {Reason(invalid)}", invalid);
        }

        var faults = new List<(string Pointer, string Reason)>();
        var deep = Look(root, "", 0, faults);
        if (deep is not null)
        {
            throw new InvalidTaskException(
                $"'{file}' nests more than {MaxDepth} objects and arrays at '{deep[..Math.Min(deep.Length, ShownPointer)]}…': put the "
                    + "parts of a schema into its \"$defs\", and refer to them by \"$ref\": \"#/$defs/name\".");
        }

        return new(faults.Count == 0 ? root : JsonSerializer.SerializeToElement(WithoutFaults(root)), faults);
    }

    /// <summary>Whether there are neither comments nor commas at the end.</summary>
    private static bool Plain(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Reading.MaxDepth });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // A part of a document is written as it stands in the file, and whoever reads it again takes JSON only.
    private static JsonElement Rewritten(JsonElement root)
    {
        var plain = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(plain)) root.WriteTo(writer);
        using var document = JsonDocument.Parse(plain.WrittenMemory, Reading);
        return document.RootElement.Clone();
    }

    private static string Place(JsonException invalid) => invalid.LineNumber is { } line
        ? string.Create(CultureInfo.InvariantCulture, $", line {line + 1}, byte {invalid.BytePositionInLine + 1}")
        : "";

    // The place is said above, counted as editors count.
    private static string Reason(JsonException invalid) =>
        invalid.Message.Split(" LineNumber:")[0].Split(" Path:")[0];

    /// <returns>Where it is too deep, or null.</returns>
    private static string? Look(JsonElement value, string pointer, int depth, List<(string Pointer, string Reason)> faults)
    {
        if (value.ValueKind == JsonValueKind.String && Text(value) is null) faults.Add((pointer, HalfPair));
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) return null;
        if (depth == MaxDepth) return pointer;
        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray()
                .Select((item, i) => Look(item, JsonPointer.Append(pointer, i.ToString(CultureInfo.InvariantCulture)), depth + 1, faults))
                .FirstOrDefault(deep => deep is not null);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (SchemaResources.TryName(member) is not { } name)
            {
                faults.Add((pointer, $"a name: {HalfPair}"));
                continue;
            }

            var at = JsonPointer.Append(pointer, name);
            if (!names.Add(name)) faults.Add((at, "the member is given twice; leave one out."));
            if (Look(member.Value, at, depth + 1, faults) is { } deep) return deep;
        }

        return null;
    }

    private static JsonNode? WithoutFaults(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array) return new JsonArray([.. value.EnumerateArray().Select(WithoutFaults)]);
        if (value.ValueKind == JsonValueKind.String && Text(value) is null) return JsonValue.Create("?");
        if (value.ValueKind != JsonValueKind.Object) return JsonValue.Create(value);
        var members = new JsonObject();
        foreach (var member in value.EnumerateObject())
            if (SchemaResources.TryName(member) is { } name) members[name] = WithoutFaults(member.Value);
        return members;
    }

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
