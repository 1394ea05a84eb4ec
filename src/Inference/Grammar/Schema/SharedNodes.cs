using System.Text;
using System.Text.Json;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>
/// Nodes that write the same, once: alternatives that differ in what makes no difference are one place in an answer, and not many that
/// are followed side by side.
/// </summary>
internal sealed class SharedNodes
{
    // Of longer lists no two are the same by chance.
    private const int MostWords = 64;

    private readonly Dictionary<string, SchemaNode> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<PatternAutomaton, string> _names = [];

    /// <summary>An array as what it is made of.</summary>
    public static string Array(IReadOnlyList<SchemaNode> prefix, SchemaNode? rest, int min, int? max) =>
        $"[{string.Join(',', prefix.Select(item => item.Id))};{rest?.Id};{min};{max}";

    /// <summary>An array whose items are counted as what it is made of.</summary>
    public static string Counted(
        IReadOnlyList<IReadOnlyList<CountedItem>> kinds, int min, int? max, IReadOnlyList<(int Min, int? Max)> counted)
    {
        var places = kinds.Select(at => string.Join(',', at.Select(kind => $"{kind.Value.Id}:{kind.Counts}")));
        return $"#{string.Join('/', places)};{min};{max};{string.Join(',', counted.Select(some => $"{some.Min}:{some.Max}"))}";
    }

    /// <summary>An object as what it is made of.</summary>
    /// <param name="properties">Those with a name.</param>
    /// <param name="others">Those without: their names, null for all that are not known, and their values.</param>
    /// <param name="known">The names that are no others.</param>
    /// <param name="min">The properties that are needed.</param>
    /// <param name="max">The properties that are allowed, or null.</param>
    public string Object(
        IReadOnlyList<ObjectProperty> properties, IReadOnlyList<(PatternAutomaton? Names, SchemaNode Value, int Needed)> others,
        IReadOnlyCollection<string> known, int min, int? max)
    {
        var key = new StringBuilder("{");
        foreach (var (name, isRequired, value) in properties)
            key.Append(JsonSerializer.Serialize(name)).Append(isRequired ? '!' : '?').Append(value.Id);
        foreach (var (names, value, needed) in others)
            key.Append(';').Append(names is null ? JsonSerializer.Serialize(known) : NumberOf(names)).Append($",{value.Id},{needed}");
        return key.Append($";{min};{max}").ToString();
    }

    /// <summary>The node that is made of something: a new one where there is none.</summary>
    public T Of<T>(string key, Func<T> create)
        where T : SchemaNode
    {
        if (!_known.TryGetValue(key, out var known))
            _known.Add(key, known = create());
        return (T)known;
    }

    /// <summary>A terminal of words.</summary>
    public ScalarNode Words(IReadOnlyCollection<string> texts, Func<ScalarNode> create) =>
        texts.Count > MostWords ? create() : Of($"={string.Concat(texts.Select(text => $"{text.Length}:{text}"))}", create);

    private string NumberOf(PatternAutomaton names)
    {
        if (!_names.TryGetValue(names, out var number))
            _names.Add(names, number = $"{_names.Count}");
        return number;
    }
}
