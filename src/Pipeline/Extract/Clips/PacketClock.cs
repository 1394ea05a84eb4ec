using System.Globalization;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>Follows the times of a file's packets, and notices where they begin anew.</summary>
/// <param name="main">The number of the track that tells the time.</param>
internal sealed class PacketClock(int main)
{
    // A decoder's clock may step back by a few frames, and a broadcast may fall silent for some seconds.
    private const double BackSeconds = 1;
    private const double AheadSeconds = 10;

    private readonly List<Stretch> _stretches = [];
    private double _expected = double.NaN;
    private long _position;

    /// <summary>The bytes between which each new stretch begins: the last packet of the one before, and its own first.</summary>
    public IReadOnlyList<(long After, long At)> Breaks => [.. _stretches.Skip(1).Select(stretch => (stretch.Before, stretch.At))];

    /// <summary>The length of every stretch, in seconds.</summary>
    public List<double> Lengths => [.. _stretches.Select(stretch => Math.Max(0, stretch.End - stretch.Start))];

    /// <summary>Takes a line of ffprobe: number of the track, presentation time, decoding time, duration, place.</summary>
    public void TakeLine(string line)
    {
        var values = line.Split(',');
        if (values.Length < 5 || !int.TryParse(values[0], CultureInfo.InvariantCulture, out var track))
            return;
        var shown = Number(values[1]) ?? Number(values[2]);
        if (shown is not { } time)
            return;
        var decoded = Number(values[2]) ?? time;
        var length = Number(values[3]) ?? 0;
        if (track == main)
        {
            var position = long.TryParse(values[4], CultureInfo.InvariantCulture, out var place) ? place : -1;
            if (_stretches.Count == 0 || decoded < _expected - BackSeconds || decoded > _expected + AheadSeconds)
                _stretches.Add(new() { Start = time, End = time, Before = _position, At = position });
            _expected = decoded + length;
            _position = position;
        }
        else if (_stretches.Count == 0 || Math.Abs(decoded - _expected) > AheadSeconds)
        {
            return;
        }

        var stretch = _stretches[^1];
        stretch.Start = Math.Min(stretch.Start, time);
        stretch.End = Math.Max(stretch.End, time + length);
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private sealed class Stretch
    {
        public double Start { get; set; }

        public double End { get; set; }

        public long Before { get; init; }

        public long At { get; init; }
    }
}
