using System.Collections;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>
/// Gives each value one of the places where it may stand, for all values of a segment at once: by how well the words fit, how near their
/// label is, whether they follow the value before them, and each place once as long as there is another. A beam search over the values in
/// the order of the answer.
/// </summary>
internal sealed class FieldAssignment(Ground ground, OccurrenceFinder finder)
{
    private const int Width = 24;
    private const double OfScore = 2;
    private const double OfLabel = 0.8;
    private const double OfPage = 0.8;
    private const double OfOrder = 0.7;
    private const double OfReuse = 1.1;

    // Two places whose sums are nearer than this are as good as each other.
    private const double Doubt = 0.08;
    private const double Doubtful = 0.9;

    private readonly Dictionary<string, IReadOnlyList<Occurrence>> _labels = new(StringComparer.Ordinal);

    // Where each word begins when all are written one behind the other.
    private readonly int[] _starts = Starts(ground.Words);

    /// <summary>Assigns places.</summary>
    /// <param name="fields">The values and the places where each may stand; those without any are passed over.</param>
    /// <returns>The place of each; null where there is none.</returns>
    public IReadOnlyList<Occurrence?> Assign(IReadOnlyList<(ScalarField Field, IReadOnlyList<Occurrence> Places)> fields)
    {
        var own = fields.Select(field => field.Places.Select(place => Own(field.Field, place)).ToArray()).ToList();
        var beam = new List<State> { new(null, null, 0, new BitArray(_starts[^1])) };
        for (var at = 0; at < fields.Count; at++)
        {
            var places = fields[at].Places;
            if (places.Count > 0)
                beam = Extend(beam, places, own[at]);
        }

        var chosen = new Occurrence?[fields.Count];
        var state = beam[0];
        for (var at = fields.Count - 1; at >= 0; at--)
        {
            if (fields[at].Places.Count == 0)
                continue;
            chosen[at] = state!.Place;
            state = state.Before;
        }

        return Doubted(fields, own, chosen);
    }

    private List<State> Extend(List<State> beam, IReadOnlyList<Occurrence> places, double[] own)
    {
        var next = new List<(State Before, Occurrence Place, double Total)>(beam.Count * places.Count);
        foreach (var state in beam)
        {
            for (var choice = 0; choice < places.Count; choice++)
            {
                var place = places[choice];
                var total = state.Total + own[choice];
                if (state.Place is { } before)
                    total += OfOrder * ground.Nearness(before, place);
                if (Characters(place).Any(character => state.Used[character]))
                    total -= OfReuse;
                next.Add((state, place, total));
            }
        }

        return [.. next.OrderByDescending(state => state.Total).Take(Width).Select(state => Next(state.Before, state.Place, state.Total))];
    }

    private State Next(State before, Occurrence place, double total)
    {
        var used = new BitArray(before.Used);
        foreach (var character in Characters(place))
            used[character] = true;
        return new(before, place, total, used);
    }

    private IEnumerable<int> Characters(Occurrence place) =>
        place.Slices.SelectMany(slice => Enumerable.Range(_starts[slice.Word] + slice.Start, slice.End - slice.Start));

    /// <summary>What speaks for a place whatever is chosen for the others.</summary>
    private double Own(ScalarField field, Occurrence place)
    {
        var total = OfScore * place.Score;
        var label = field.Labels.Select(candidate => candidate.Weight * LabelsOf(candidate.Text)
            .Where(at => !at.Overlaps(place))
            .Select(at => ground.Nearness(at, place))
            .DefaultIfEmpty(0)
            .Max());
        total += OfLabel * label.DefaultIfEmpty(0).Max();
        return field.Page is { } page && ground.PageOf(place.First) == page ? total + OfPage : total;
    }

    private static int[] Starts(IReadOnlyList<SourceWord> words)
    {
        var starts = new int[words.Count + 1];
        for (var word = 0; word < words.Count; word++)
            starts[word + 1] = starts[word] + words[word].Text.Length;
        return starts;
    }

    private IReadOnlyList<Occurrence> LabelsOf(string text)
    {
        if (!_labels.TryGetValue(text, out var places))
            _labels[text] = places = finder.FindText(text);
        return places;
    }

    /// <summary>A place that another one might be as well has a lower score: the value is there, but perhaps not at this place.</summary>
    private Occurrence?[] Doubted(
        IReadOnlyList<(ScalarField Field, IReadOnlyList<Occurrence> Places)> fields, List<double[]> own, Occurrence?[] chosen)
    {
        var result = new Occurrence?[chosen.Length];
        for (var at = 0; at < chosen.Length; at++)
        {
            if (chosen[at] is not { } place)
                continue;
            var before = chosen[..at].LastOrDefault(other => other is not null);
            var after = chosen[(at + 1)..].FirstOrDefault(other => other is not null);
            var sum = Sum(place);
            var isDoubtful = fields[at].Places.Any(other => !ReferenceEquals(other, place) && !other.Overlaps(place)
                && Sum(other) > sum - Doubt
                && !chosen.Any(used => used is not null && used.Overlaps(other) && !ReferenceEquals(used, place)));
            result[at] = isDoubtful && place.Score > Doubtful ? place with { Score = Doubtful } : place;

            double Sum(Occurrence candidate) => own[at][IndexOf(fields[at].Places, candidate)]
                + (before is null ? 0 : OfOrder * ground.Nearness(before, candidate))
                + (after is null ? 0 : OfOrder * ground.Nearness(candidate, after));
        }

        return result;
    }

    private static int IndexOf(IReadOnlyList<Occurrence> places, Occurrence place)
    {
        for (var index = 0; index < places.Count; index++)
            if (ReferenceEquals(places[index], place)) return index;
        throw new ArgumentException("It is none of the places.", nameof(place));
    }

    /// <summary>The values up to one, each with its place, and the characters of all words that they use.</summary>
    private sealed record State(State? Before, Occurrence? Place, double Total, BitArray Used);
}
