using System.Collections.Concurrent;
using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// What tokens that end a text may write after its quote, by the place behind it: however many states the text has, it is followed once.
/// Thread-safe.
/// </summary>
internal sealed class PlaceRests(ByteSteps steps, CompletionCosts costs, TextMasks texts)
{
    private const long BytesKept = 32 << 20;

    private readonly ConcurrentDictionary<Cursor, (int Cost, ulong[] Numbers)[]> _known = new();
    private readonly OpenedTexts _opened = new(texts.Closing.Rests, costs);
    private long _bytes;

    /// <summary>
    /// The numbers of the tokens (<see cref="ClosingTokens"/>) as bits, by what certainly suffices to the end after them, the cheapest
    /// first.
    /// </summary>
    public (int Cost, ulong[] Numbers)[] At(Cursor place)
    {
        if (_known.TryGetValue(place, out var known))
            return known;
        var found = Groups(new TokenWalk(texts.Closing.Rests, steps, costs, texts, _opened).From(place));

        // Schemas with deep recursion have places without end.
        var bytes = (found.Length + 1L) * (texts.Closing.MaskLength + 8) * sizeof(ulong);
        if (Interlocked.Add(ref _bytes, bytes) > BytesKept)
        {
            _known.Clear();
            Interlocked.Exchange(ref _bytes, bytes);
        }

        return _known.GetOrAdd(place, found);
    }

    /// <summary>Adds the numbers of the tokens that end a text and go on behind it.</summary>
    /// <param name="cursor">A place in a text that ends at its first quote.</param>
    /// <param name="exits">Where the text has ended.</param>
    /// <param name="cost">At most so many tokens suffice after each.</param>
    /// <param name="numbers">The bits of the numbers.</param>
    public void AddTo(Cursor cursor, TextExits exits, int cost, Span<ulong> numbers)
    {
        var behind = texts.Closing.Behind(exits).AsSpan();
        var places = new List<Cursor>();
        ByteSteps.AfterText(cursor, places);
        foreach (var place in places)
        {
            foreach (var (after, group) in At(place))
            {
                if (after > cost)
                    break;
                for (var i = 0; i < group.Length; i++)
                    numbers[i] |= group[i] & behind[i];
            }
        }
    }

    private (int Cost, ulong[] Numbers)[] Groups(IEnumerable<(int Cost, ReadOnlyMemory<int> Tokens)> found)
    {
        var groups = new SortedDictionary<int, ulong[]>();
        foreach (var (cost, numbers) in found)
        {
            if (!groups.TryGetValue(cost, out var bits))
                groups.Add(cost, bits = new ulong[texts.Closing.MaskLength]);
            foreach (var number in numbers.Span)
                bits[number >> 6] |= 1UL << (number & 63);
        }
        return [.. groups.Select(group => (group.Key, group.Value))];
    }
}
