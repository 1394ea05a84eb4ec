namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>Words without places on a picture: near is what stands soon after.</summary>
internal abstract class LinearGround : Ground
{
    private const double LineReach = 12;
    private const double Reach = 40;
    private const double Backwards = 0.2;

    public override double Nearness(Occurrence first, Occurrence second)
    {
        var distance = second.First - first.Last;
        var isOneLine = Words[first.Last].Line == Words[second.First].Line;
        return distance switch
        {
            <= 0 => Backwards * Math.Exp(distance / Reach),
            _ when isOneLine => 1 - (0.5 * Math.Min(1, (distance - 1) / LineReach)),
            _ => 0.6 * Math.Exp(-distance / Reach),
        };
    }
}
