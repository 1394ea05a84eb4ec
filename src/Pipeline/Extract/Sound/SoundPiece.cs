using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Sound;

/// <summary>The sound of a part of a span, in the time of its recording.</summary>
/// <param name="Loudness">Integrated loudness in LUFS, or null when silent or too short.</param>
/// <param name="Silence">Spans of silence, in seconds.</param>
/// <param name="Samples">16 kHz mono, 16 bits.</param>
/// <param name="End">Where the samples end, in seconds.</param>
/// <param name="IsDamaged">Whether something of it is missing.</param>
internal sealed record SoundPiece(
    double? Loudness, IReadOnlyList<TimeSpanSeconds> Silence, ReadOnlyMemory<byte> Samples, double End, bool IsDamaged)
{
    /// <summary>What is added to a time to get the media's.</summary>
    public double Offset { get; init; }

    /// <summary>The pieces as one, in the time of the media.</summary>
    public static SoundPiece Join(IReadOnlyList<SoundPiece> pieces)
    {
        var samples = pieces is [var only] ? only.Samples : pieces.SelectMany(piece => piece.Samples.ToArray()).ToArray();
        return new(
            Mean(pieces),
            [
                .. pieces.SelectMany(piece =>
                    piece.Silence.Select(span => new TimeSpanSeconds(span.Start + piece.Offset, span.End + piece.Offset))),
            ],
            samples,
            pieces.Count == 0 ? 0 : pieces[^1].End + pieces[^1].Offset,
            pieces.Any(piece => piece.IsDamaged));
    }

    // Loudness is a mean of power.
    private static double? Mean(IReadOnlyList<SoundPiece> pieces)
    {
        var heard = pieces.Where(piece => piece.Loudness is not null).ToList();
        if (heard.Count < 2)
            return heard.FirstOrDefault()?.Loudness;
        var power = heard.Sum(piece => piece.Samples.Length * Math.Pow(10, piece.Loudness!.Value / 10)) / heard.Sum(
            piece => (double)piece.Samples.Length);
        return 10 * Math.Log10(power);
    }
}
