using System.Collections.Concurrent;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// What tokens that end a text may write after its quote, by the place behind it: however many states the text has, it is followed once.
/// Thread-safe.
/// </summary>
internal sealed class PlaceRests(ByteSteps steps, CompletionCosts costs, TextMasks texts)
{
    private const int MostTokens = 4 << 20;

    private readonly ConcurrentDictionary<Cursor, (int Cost, int Token)[]> _known = new();
    private int _tokens;

    /// <summary>The tokens, and after each what certainly suffices to the end; the cheapest first.</summary>
    public (int Cost, int Token)[] At(Cursor place)
    {
        if (_known.TryGetValue(place, out var known))
            return known;
        var found = new TokenWalk(texts.Closing.Rests, steps, costs, texts).From(place);

        // Schemas with deep recursion have places without end.
        if (Interlocked.Add(ref _tokens, found.Length + 1) > MostTokens)
        {
            _known.Clear();
            Interlocked.Exchange(ref _tokens, found.Length + 1);
        }

        return _known.GetOrAdd(place, found);
    }
}
