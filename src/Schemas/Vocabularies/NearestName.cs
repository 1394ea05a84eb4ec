using System.Text;
using System.Text.Json;

namespace Qwen35Batch.Schemas.Vocabularies;

/// <summary>
/// Finds the name that a text most likely means: the one with the fewest characters to insert, leave out or change. The list's automaton is
/// followed as long as the bytes differ in few places, and no further than takes a few milliseconds.
/// </summary>
internal sealed class NearestName
{
    private const int MostDifferent = 3;
    private const int LongestText = 200;
    private const int MostStates = 200_000;

    private readonly NameAutomaton _names;
    private readonly byte[] _text;
    private readonly Rune[] _runes;
    private readonly int _mostBytes;
    private readonly List<byte> _written = [(byte)'"'];
    private int _states;
    private int _fewest;
    private string? _nearest;

    private NearestName(NameAutomaton names, string text)
    {
        _names = names;
        _text = NameAutomaton.Written(text);
        _runes = [.. text.EnumerateRunes()];

        // One character in four may differ, and never all.
        _fewest = Math.Min(Math.Clamp(_runes.Length / 4, 1, MostDifferent), _runes.Length / 2) + 1;
        _mostBytes = (_fewest - 1) * (_runes.All(rune => rune.IsAscii) ? 2 : 3);
    }

    /// <summary>The name, or null when none is near.</summary>
    public static string? Find(NameAutomaton names, string text)
    {
        if (text.Length is 0 or > LongestText)
            return null;
        var search = new NearestName(names, text);
        search.Follow(names.Start, [.. Enumerable.Range(0, search._text.Length + 1)]);
        return search._nearest;
    }

    /// <param name="state">What has been written.</param>
    /// <param name="distances">From it to each beginning of the text.</param>
    private void Follow(int state, int[] distances)
    {
        if (state == NameAutomaton.End)
        {
            Compare();
            return;
        }

        var bytes = _names.BytesAt(state);
        var targets = _names.TargetsAt(state);
        for (var edge = 0; edge < bytes.Length && _states < MostStates; edge++)
        {
            _states++;
            var next = After(distances, bytes[edge]);
            if (next.Min() > _mostBytes)
                continue;
            _written.Add(bytes[edge]);
            Follow(targets[edge], next);
            _written.RemoveAt(_written.Count - 1);
        }
    }

    private int[] After(int[] distances, byte written)
    {
        var next = new int[distances.Length];
        next[0] = distances[0] + 1;
        for (var i = 1; i < next.Length; i++)
        {
            var changed = distances[i - 1] + (_text[i - 1] == written ? 0 : 1);
            next[i] = Math.Min(changed, Math.Min(distances[i], next[i - 1]) + 1);
        }

        return next;
    }

    private void Compare()
    {
        var name = JsonSerializer.Deserialize<string>(_written.ToArray())!;
        var distances = Enumerable.Range(0, _runes.Length + 1).ToArray();
        foreach (var rune in name.EnumerateRunes())
        {
            var diagonal = distances[0]++;
            for (var i = 1; i < distances.Length; i++)
            {
                var changed = diagonal + (_runes[i - 1] == rune ? 0 : 1);
                diagonal = distances[i];
                distances[i] = Math.Min(changed, Math.Min(distances[i], distances[i - 1]) + 1);
            }
        }

        if (distances[^1] < _fewest)
            (_fewest, _nearest) = (distances[^1], name);
    }
}
