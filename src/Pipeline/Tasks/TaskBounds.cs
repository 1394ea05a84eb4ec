using System.Globalization;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>The numbers that a member of a task's file may be, both ends included.</summary>
internal sealed record TaskBounds(double Least, double Most)
{
    // Of "sampling".
    public static readonly TaskBounds Temperature = new(0, 2);
    public static readonly TaskBounds TopK = new(1, 1000);
    public static readonly TaskBounds TopP = new(0.01, 1);
    public static readonly TaskBounds PresencePenalty = new(-2, 2);
    public static readonly TaskBounds MaxOutputTokens = new(16, 65_536);

    // Of "media".
    public static readonly TaskBounds FramesPerSecond = new(0.001, 30);
    public static readonly TaskBounds Seconds = new(1, 3600);
    public static readonly TaskBounds Pixels = new(1024, 16_777_216);
    public static readonly TaskBounds MaxPages = new(1, 100_000);
    public static readonly TaskBounds TextPartCharacters = new(200, 1_000_000);
    public static readonly TaskBounds MaxSegments = new(1, 1_000_000);

    public bool Hold(double value) => value >= Least && value <= Most;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Least} to {Most}");
}
