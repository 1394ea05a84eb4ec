using System.Text.Json;
using Qwen35Batch.Inference.Tokenization.BytePairs;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>
/// What <c>tokenizer.json</c> says. Only what Qwen's tokenizers use is understood; anything else is refused rather than ignored.
/// </summary>
internal sealed class TokenizerFile
{
    // The pattern of ByteLevel with use_regex, as in GPT-2.
    private const string ByteLevelPattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private readonly string _path;

    private TokenizerFile(string path, JsonElement root)
    {
        _path = path;
        var model = Member(root, "model");
        if (Text(model, "type") is { } type && type != "BPE")
            throw Unsupported($"the model type {type}", "BPE");
        foreach (var entry in Member(model, "vocab").EnumerateObject())
            Vocabulary[entry.Name] = entry.Value.GetInt32();
        ReadMerges(Member(model, "merges"));
        IgnoresMerges = model.TryGetProperty("ignore_merges", out var ignore) && ignore.ValueKind == JsonValueKind.True;
        if (root.TryGetProperty("added_tokens", out var added) && added.ValueKind == JsonValueKind.Array)
            AddedTokens.AddRange(added.EnumerateArray().Select(ReadAddedToken));
        Composes = root.TryGetProperty("normalizer", out var normalizer) && ReadNormalizer(normalizer);
        Pattern = ReadPattern(Member(root, "pre_tokenizer"));
    }

    /// <summary>From a token, spelt in the <see cref="ByteAlphabet"/>, to its id.</summary>
    public Dictionary<string, int> Vocabulary { get; } = [];

    /// <summary>The merges; see <see cref="BytePairEncoder"/>.</summary>
    public Dictionary<long, long> Merges { get; } = [];

    /// <summary>Whether a word that is a token is taken whole, whatever the merges say.</summary>
    public bool IgnoresMerges { get; }

    /// <summary>Tokens that are found in the text before anything else happens.</summary>
    public List<AddedToken> AddedTokens { get; } = [];

    /// <summary>Whether text is brought into normalisation form C.</summary>
    public bool Composes { get; }

    /// <summary>The regular expression that cuts text into words.</summary>
    public string Pattern { get; }

    /// <summary>Reads the file.</summary>
    public static TokenizerFile Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"There is no tokenizer.json in {Path.GetDirectoryName(path)}: a model folder needs one.", path);
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return new(path, document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path} is not a tokenizer.json as Hugging Face writes it: {e.Message}", e);
        }
    }

    private void ReadMerges(JsonElement merges)
    {
        var rank = 0;
        foreach (var merge in merges.EnumerateArray())
        {
            var (left, right) = merge.ValueKind == JsonValueKind.Array
                ? (merge[0].GetString()!, merge[1].GetString()!)
                : Halves(merge.GetString()!);
            if (!Vocabulary.TryGetValue(left, out var leftId) || !Vocabulary.TryGetValue(right, out var rightId)
                || !Vocabulary.TryGetValue(left + right, out var merged))
            {
                throw new InvalidDataException(
                    $"{_path}: merge {rank} (\"{left}\" and \"{right}\") uses a token that the vocabulary lacks.");
            }

            Merges.TryAdd(BytePairEncoder.Pair(leftId, rightId), BytePairEncoder.Pair(rank++, merged));
        }
    }

    private static (string Left, string Right) Halves(string merge)
    {
        var space = merge.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? throw new FormatException($"the merge \"{merge}\" has no space.") : (merge[..space], merge[(space + 1)..]);
    }

    private AddedToken ReadAddedToken(JsonElement token)
    {
        var content = Member(token, "content").GetString()!;
        foreach (var flag in (string[])["single_word", "lstrip", "rstrip"])
        {
            if (token.TryGetProperty(flag, out var value) && value.ValueKind == JsonValueKind.True)
                throw Unsupported($"the flag {flag} of the added token {content}", "added tokens without it");
        }

        return new(
            Member(token, "id").GetInt32(),
            content,
            token.TryGetProperty("special", out var special) && special.ValueKind == JsonValueKind.True);
    }

    private bool ReadNormalizer(JsonElement normalizer) => normalizer.ValueKind switch
    {
        JsonValueKind.Null => false,
        _ when Text(normalizer, "type") == "NFC" => true,
        _ when Text(normalizer, "type") == "Sequence" => Member(normalizer, "normalizers").EnumerateArray().Any(ReadNormalizer),
        _ => throw Unsupported($"the normaliser {Text(normalizer, "type")}", "NFC"),
    };

    private string ReadPattern(JsonElement preTokenizer)
    {
        var steps = Text(preTokenizer, "type") == "Sequence"
            ? [.. Member(preTokenizer, "pretokenizers").EnumerateArray()]
            : (JsonElement[])[preTokenizer];
        var last = steps[^1];
        if (Text(last, "type") != "ByteLevel"
            || (last.TryGetProperty("add_prefix_space", out var prefix) && prefix.ValueKind == JsonValueKind.True))
        {
            throw Unsupported($"the last pre-tokenizer {Text(last, "type")}", "ByteLevel without add_prefix_space");
        }

        var ownPattern = !last.TryGetProperty("use_regex", out var useRegex) || useRegex.ValueKind != JsonValueKind.False;
        if (steps.Length == 1 && ownPattern)
            return ByteLevelPattern;
        if (steps.Length == 2 && !ownPattern && Text(steps[0], "type") == "Split" && Text(steps[0], "behavior") == "Isolated"
            && Text(Member(steps[0], "pattern"), "Regex") is { } pattern)
        {
            return pattern;
        }

        throw Unsupported("this sequence of pre-tokenizers", "Split by a Regex (Isolated), then ByteLevel");
    }

    private JsonElement Member(
        JsonElement parent, string name) => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
        ? value
        : throw new InvalidDataException($"{_path} lacks \"{name}\".");

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private NotSupportedException Unsupported(string what, string instead) =>
        new($"{_path} asks for {what}; this program reads {instead}. Use the tokenizer.json of a Qwen3.5 checkpoint.");
}
