namespace Qwen35Batch.Worker.Confidence;

/// <summary>A rising curve from scores to probabilities, straight between its knots and level beyond them.</summary>
/// <param name="Scores">Rising.</param>
/// <param name="Probabilities">One a score, never falling.</param>
internal sealed record IsotonicCurve(IReadOnlyList<double> Scores, IReadOnlyList<double> Probabilities)
{
    public double At(double score)
    {
        if (score <= Scores[0]) return Probabilities[0];
        for (var i = 1; i < Scores.Count; i++)
        {
            if (score > Scores[i]) continue;
            var share = (score - Scores[i - 1]) / (Scores[i] - Scores[i - 1]);
            return Probabilities[i - 1] + (share * (Probabilities[i] - Probabilities[i - 1]));
        }

        return Probabilities[^1];
    }

    /// <summary>
    /// Pools neighbours that fall until none does. A pool's knot is at its mean score, and its share of right ones counts half a right and
    /// half a wrong one more: of a hundred that are all right it is not known that the next will be.
    /// </summary>
    /// <param name="labels">At least one.</param>
    public static IsotonicCurve Fit(IEnumerable<(double Score, bool IsRight)> labels)
    {
        var pools = new List<(double Scores, double Right, double Count)>();
        foreach (var same in labels.GroupBy(label => label.Score).OrderBy(group => group.Key))
        {
            var count = same.Count();
            pools.Add((same.Key * count, same.Count(label => label.IsRight), count));
            while (pools.Count > 1 && pools[^2].Right * pools[^1].Count >= pools[^1].Right * pools[^2].Count)
            {
                var (last, before) = (pools[^1], pools[^2]);
                pools.RemoveAt(pools.Count - 1);
                pools[^1] = (before.Scores + last.Scores, before.Right + last.Right, before.Count + last.Count);
            }
        }

        var probabilities = new List<double>();
        foreach (var (_, right, count) in pools)
            probabilities.Add(Math.Max(probabilities.LastOrDefault(), (right + 0.5) / (count + 1)));
        return new([.. pools.Select(pool => pool.Scores / pool.Count)], probabilities);
    }
}
