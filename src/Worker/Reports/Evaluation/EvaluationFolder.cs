using System.Text.Json;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>
/// Reads a folder of media with <c>items.jsonl</c>, one item a line:
/// <c>{"id":"shapes-001","kind":"shapes","media":"shapes-001.png","task":"describe","expected":{…},"fields":
/// {"colour":["/objects/*/colour"],
/// "times":{"pointers":["/events/*/time"],"tolerance":0.5}}}</c>. A single pointer needs no array.
/// </summary>
internal static class EvaluationFolder
{
    public const string ItemsFile = "items.jsonl";

    /// <exception cref="CommandException">The folder has no items, or a line is malformed; the message has file and line.</exception>
    public static IReadOnlyList<EvaluationItem> Read(string folder)
    {
        var root = Path.GetFullPath(folder);
        var file = Path.Combine(root, ItemsFile);
        if (!File.Exists(file))
        {
            throw new CommandException(
                $"'{file}' does not exist: give a folder with media and their expected answers, such as samples/eval.");
        }

        var items = new List<EvaluationItem>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, line) in File.ReadLines(file).Index())
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                using var parsed = JsonDocument.Parse(line);
                var item = ReadItem(parsed.RootElement.Clone(), root);
                if (!ids.Add(item.Id)) throw new FormatException($"the id '{item.Id}' is given twice.");
                items.Add(item);
            }
            catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
            {
                throw new CommandException($"{file}, line {index + 1}: {error.Message}");
            }
        }

        return items.Count > 0 ? items : throw new CommandException($"'{file}' has no items.");
    }

    /// <summary>Some of the items: of one kind, and when there are more than wanted, as many of each kind as of the others.</summary>
    /// <exception cref="CommandException">No item is of the kind.</exception>
    public static IReadOnlyList<EvaluationItem> Select(IReadOnlyList<EvaluationItem> items, string? kind, int? limit)
    {
        var chosen = kind is null ? items : [.. items.Where(item => item.Kind == kind)];
        if (chosen.Count == 0)
        {
            throw new CommandException(
                $"No item is of the kind '{kind}'; there are {string.Join(", ", items.Select(item => item.Kind).Distinct())}.");
        }

        if (limit is not { } most || chosen.Count <= most) return chosen;
        var ranked = chosen.GroupBy(item => item.Kind).SelectMany(group => group.Select((item, rank) => (item.Id, Rank: rank)));
        var kept = ranked.OrderBy(item => item.Rank).Take(most).Select(item => item.Id).ToHashSet(StringComparer.Ordinal);
        return [.. chosen.Where(item => kept.Contains(item.Id))];
    }

    private static EvaluationItem ReadItem(JsonElement line, string root)
    {
        if (line.ValueKind != JsonValueKind.Object) throw new FormatException("an item is a JSON object.");
        var media = Path.GetFullPath(Text(line, "media"), root);
        if (!media.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new FormatException($"the media '{Text(line, "media")}' lies outside of the folder.");
        if (!File.Exists(media)) throw new FormatException($"the media '{Text(line, "media")}' is not in the folder.");
        var expected = Member(line, "expected", JsonValueKind.Object, "an object, the expected answer");
        var fields = Member(line, "fields", JsonValueKind.Object, "an object of names and JSON pointers")
            .EnumerateObject()
            .Select(field => ReadField(field.Name, field.Value))
            .ToList();
        if (fields.Count == 0) throw new FormatException("'fields' names nothing to compare.");
        return new(Text(line, "id"), Text(line, "kind"), media, Text(line, "task"), expected, fields);
    }

    private static EvaluationField ReadField(string name, JsonElement rule)
    {
        var tolerance = 0.0;
        if (rule.ValueKind == JsonValueKind.Object)
        {
            if (rule.TryGetProperty("tolerance", out var given)
                && !(given.ValueKind == JsonValueKind.Number && given.TryGetDouble(out tolerance) && tolerance >= 0))
            {
                throw new FormatException($"the tolerance of the field '{name}' is no number from 0.");
            }

            rule = rule.TryGetProperty("pointers", out var many) || rule.TryGetProperty("pointer", out many) ? many : default;
        }

        IReadOnlyList<JsonElement> pointers = rule.ValueKind switch
        {
            JsonValueKind.Array => [.. rule.EnumerateArray()],
            JsonValueKind.String => [rule],
            _ => []
        };
        if (pointers.Count == 0
            || pointers.Any(pointer => pointer.ValueKind != JsonValueKind.String || !pointer.GetString()!.StartsWith('/')))
        {
            throw new FormatException(
                $"the field '{name}' needs JSON pointers such as \"/objects/*/name\", or an object with 'pointers' and 'tolerance'.");
        }

        return new(name, [.. pointers.Select(pointer => pointer.GetString()!)], tolerance);
    }

    private static string Text(JsonElement line, string name) => Member(line, name, JsonValueKind.String, "a text").GetString()!;

    private static JsonElement Member(JsonElement line, string name, JsonValueKind kind, string what) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw new FormatException($"'{name}' is missing, or is not {what}.");
}
