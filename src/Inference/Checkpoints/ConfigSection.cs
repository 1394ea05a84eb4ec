using System.Text.Json;

namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>An object of config.json whose errors name the file and the key.</summary>
internal sealed class ConfigSection(string file, string path, JsonElement json)
{
    public static ConfigSection ReadFile(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement.Clone();
            return root.ValueKind == JsonValueKind.Object
                ? new ConfigSection(file, "", root)
                : throw new ModelFormatException($"{file} is not a JSON object.");
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"{file} is not valid JSON: {error.Message}", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException(
                $"{file} does not exist. A Hugging Face checkpoint or a converted model folder is needed.", error);
        }
    }

    public bool Has(string key) => json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    public ConfigSection Section(string key) =>
        Required(key) is { ValueKind: JsonValueKind.Object } value
            ? new ConfigSection(file, Name(key) + ".", value)
            : throw Wrong(key, "an object");

    public int Positive(string key) => Number(key) is > 0 and var value ? value : throw Wrong(key, "a positive whole number");

    public int TokenId(string key) => Number(key) is >= 0 and var value ? value : throw Wrong(key, "a token id");

    public double Real(string key) =>
        Required(key) is { ValueKind: JsonValueKind.Number } value
            && value.TryGetDouble(out var number)
            && double.IsFinite(number)
            && number > 0
            ? number
            : throw Wrong(key, "a positive number");

    public double Real(string key, double fallback) => Has(key) ? Real(key) : fallback;

    public bool Flag(string key, bool fallback) => !Has(key)
        ? fallback
        : Required(key).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(key, "true or false"),
        };

    public string Text(string key, string fallback) => !Has(key)
        ? fallback
        : Required(key) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong(key, "a string");

    public IReadOnlyList<JsonElement> List(string key) =>
        Required(key) is { ValueKind: JsonValueKind.Array } value ? [.. value.EnumerateArray()] : throw Wrong(key, "an array");

    /// <summary>A number or a list of numbers, as <c>eos_token_id</c> is; empty when absent.</summary>
    public IReadOnlyList<int> TokenIds(string key)
    {
        if (!Has(key))
        {
            return [];
        }

        IReadOnlyList<JsonElement> values = Required(key).ValueKind == JsonValueKind.Array ? List(key) : [Required(key)];
        return [
            .. values.Select(
                value =>
                    value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var id) && id >= 0
                        ? id
                        : throw Wrong(key, "token ids"))
        ];
    }

    public ModelFormatException Wrong(string key, string expected) =>
        new($"{file}: {Name(key)} is {(Has(key) ? Shortened(key) : "missing")}, but must be {expected}.");

    private int Number(string key) =>
        Required(key) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number)
            ? number
            : throw Wrong(key, "a whole number");

    private JsonElement Required(string key) => Has(key)
        ? json.GetProperty(key)
        : throw new ModelFormatException($"{file} lacks {Name(key)}.");

    private string Name(string key) => path + key;

    private string Shortened(string key)
    {
        var text = json.GetProperty(key).GetRawText();
        return text.Length <= 60 ? text : text[..60] + "...";
    }
}
