using System.Collections.Concurrent;
using System.Text;

namespace Qwen35Batch.Inference.Tokenization.BytePairs;

/// <summary>Byte-pair encoding of one word: the pair with the lowest rank is merged first, the leftmost of equals. Thread-safe.</summary>
/// <param name="byteTokens">The id of each byte's token.</param>
/// <param name="merges">From a pair of ids (<see cref="Pair"/>) to the merge's rank (upper half) and the merged id (lower half).</param>
/// <param name="wholeWords">Tokens that are taken whole when they are a word, whatever the merges say; null when the model has no such
/// rule.</param>
internal sealed class BytePairEncoder(int[] byteTokens, Dictionary<long, long> merges, Dictionary<string, int>? wholeWords)
{
    private const int CachedWords = 1 << 16;
    private const int LongestCachedWord = 64;

    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private int _cached;

    /// <summary>The key of a pair of ids.</summary>
    public static long Pair(int left, int right) => ((long)left << 32) | (uint)right;

    /// <summary>Appends the ids of a word.</summary>
    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > LongestCachedWord)
        {
            ids.AddRange(Merge(word));
            return;
        }

        if (!_cache.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var encoded))
        {
            encoded = Merge(word);
            if (Interlocked.Increment(ref _cached) > CachedWords)
            {
                _cache.Clear();
                Interlocked.Exchange(ref _cached, 0);
            }

            _cache[word.ToString()] = encoded;
        }

        ids.AddRange(encoded);
    }

    private int[] Merge(ReadOnlySpan<char> word)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        if (wholeWords is not null && wholeWords.TryGetValue(string.Create(bytes.Length, bytes, Spell), out var whole))
            return [whole];

        var ids = Array.ConvertAll(bytes, b => byteTokens[b]);
        if (ids.Length < 2)
            return ids;

        // The symbols form a linked list; a merged symbol lives on at its left end, and -1 marks the place of a swallowed one.
        var next = new int[ids.Length];
        var previous = new int[ids.Length];
        var candidates = new PriorityQueue<int, long>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
            Propose(i);
        }

        while (candidates.TryDequeue(out var left, out var priority))
        {
            if (ids[left] < 0 || next[left] >= ids.Length || !merges.TryGetValue(Pair(ids[left], ids[next[left]]), out var merge)
                || merge >> 32 != priority >> 32)
            {
                continue;
            }

            var right = next[left];
            ids[left] = (int)merge;
            ids[right] = -1;
            next[left] = next[right];
            if (next[left] < ids.Length)
                previous[next[left]] = left;
            Propose(left);
            if (previous[left] >= 0)
                Propose(previous[left]);
        }

        return Array.FindAll(ids, id => id >= 0);

        void Propose(int left)
        {
            if (next[left] < ids.Length && merges.TryGetValue(Pair(ids[left], ids[next[left]]), out var merge))
                candidates.Enqueue(left, (merge >> 32 << 32) | (uint)left);
        }
    }

    private static void Spell(Span<char> letters, byte[] bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
            letters[i] = ByteAlphabet.Letter(bytes[i]);
    }
}
