using System.Collections.Concurrent;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Schemas.Patterns;

/// <summary>Patterns that have been compiled: the same few are asked for again by every narrowed schema of a task.</summary>
internal static class PatternCache
{
    private const int MaxKept = 256;

    private static readonly ConcurrentDictionary<string, PatternAutomaton> Known = new(StringComparer.Ordinal);

    /// <exception cref="UnsupportedSchemaException">The pattern is not supported, too large, or fits no text.</exception>
    public static PatternAutomaton Get(string pattern, string at)
    {
        if (Known.TryGetValue(pattern, out var known))
            return known;
        var compiled = PatternAutomaton.Compile(pattern, at);
        if (Known.Count >= MaxKept)
            Known.Clear();
        return Known.GetOrAdd(pattern, compiled);
    }
}
