using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>
/// Finds the properties that are written where some have to be there whose names are not listed: one for several where it can be.
/// </summary>
internal static class NeededOthers
{
    /// <param name="needed">What has to be there.</param>
    /// <param name="parts">The names that are not listed, their schemas, and what of the names asked for they are.</param>
    /// <param name="merger">Tells what fits.</param>
    /// <returns>For each property its names; null where one cannot be there.</returns>
    public static IReadOnlyList<IReadOnlyList<(PatternAutomaton Names, Conjunction Value)>>? Find(
        IReadOnlyList<SomeProperty> needed,
        IReadOnlyList<(PatternAutomaton? Names, Conjunction Value, IReadOnlyList<PatternAutomaton> Fitted)> parts,
        SchemaMerger merger)
    {
        var groups = new List<List<SomeProperty>>();
        foreach (var some in needed)
        {
            var alike = groups.FindIndex(
                group => Of([.. group, some], groups, parts, group).Any(part => !merger.IsSurelyEmpty(part.Value)));
            if (alike >= 0)
                groups[alike].Add(some);
            else
                groups.Add([some]);
        }

        var found = groups.ConvertAll(group => Of(group, groups, parts, group));
        return found.Exists(names => names.Count == 0) ? null : found;
    }

    private static IReadOnlyList<(PatternAutomaton Names, Conjunction Value)> Of(
        List<SomeProperty> group,
        List<List<SomeProperty>> groups,
        IReadOnlyList<(PatternAutomaton? Names, Conjunction Value, IReadOnlyList<PatternAutomaton> Fitted)> parts,
        List<SomeProperty> known)
    {
        var before = groups.TakeWhile(other => !ReferenceEquals(other, known)).ToArray();
        return
        [
            .. parts.Where(part => IsOf(part.Fitted, group) && !Array.Exists(before, other => IsOf(part.Fitted, other)))
                .Select(part => (
                    part.Names!,
                    new Conjunction([.. part.Value.Schemas, .. group.Select(some => some.Value).OfType<Schema>()])))
                .Where(part => !part.Item2.IsFalse)
        ];
    }

    private static bool IsOf(IReadOnlyList<PatternAutomaton> fitted, List<SomeProperty> group) =>
        group.TrueForAll(some => fitted.Contains(some.Names));
}
