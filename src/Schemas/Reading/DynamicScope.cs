using System.Text.Json;

namespace Qwen35Batch.Schemas.Reading;

/// <summary>
/// The resources that led to a schema, as far as dynamic references ask: which schema each dynamic anchor means there, that of the
/// outermost resource which has the anchor.
/// </summary>
internal sealed class DynamicScope
{
    private readonly IReadOnlyDictionary<string, (JsonElement Element, string Pointer)> _meant;

    private DynamicScope(IReadOnlyDictionary<string, (JsonElement Element, string Pointer)> meant) =>
        (_meant, Key) = (meant, string.Join(' ', meant.OrderBy(anchor => anchor.Key, StringComparer.Ordinal)
            .Select(anchor => $"{anchor.Key}={anchor.Value.Pointer}")));

    /// <summary>Where nothing has been entered.</summary>
    public static DynamicScope None { get; } = new(new Dictionary<string, (JsonElement, string)>());

    /// <summary>Tells it apart from the other scopes of its document.</summary>
    public string Key { get; }

    /// <summary>The schema that an anchor means, or null where no resource has it.</summary>
    public (JsonElement Element, string Pointer)? Meant(string anchor) => _meant.TryGetValue(anchor, out var meant) ? meant : null;

    /// <summary>The scope within a resource.</summary>
    /// <param name="anchors">The anchors that it has.</param>
    public DynamicScope Enter(IReadOnlyDictionary<string, (JsonElement Element, string Pointer)> anchors) =>
        anchors.Keys.All(_meant.ContainsKey)
            ? this
            : new(_meant.Concat(anchors.ExceptBy(_meant.Keys, anchor => anchor.Key)).ToDictionary(StringComparer.Ordinal));
}
