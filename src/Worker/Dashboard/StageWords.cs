namespace Qwen35Batch.Worker.Dashboard;

/// <summary>
/// Says of each stage in a word how it stands. At most one is the bottleneck: the last before which work waits although all its places are
/// taken, for what waits further back waits for it, too. If none has all its places taken, it is the last before which work waits and that
/// is working; a stage that does not work is waiting for something else, which the page says by itself.
/// </summary>
internal static class StageWords
{
    private const double Full = 0.9;

    /// <summary>A stage without places of its own that is at work for less of the time has nothing to do.</summary>
    private const double Idle = 0.02;

    /// <param name="stages">In their order.</param>
    public static IReadOnlyList<DashboardStage> Say(IReadOnlyList<DashboardStage> stages)
    {
        var waitedFor = stages.Where(stage => stage.Queue > 0 && stage.Running > 0).ToList();
        var bottleneck = waitedFor.LastOrDefault(stage => stage.Places is { } places && stage.Running >= Full * places)
            ?? waitedFor.LastOrDefault();
        return [.. stages.Select(stage => stage with { Word = Word(stage, bottleneck) })];
    }

    private static StageWord Word(DashboardStage stage, DashboardStage? bottleneck)
    {
        if (stage == bottleneck) return StageWord.Bottleneck;
        if (stage.Queue > 0) return StageWord.Balanced;
        var busy = Math.Max(stage.AtOnce, stage.Running);
        return stage.Places is { } places
            ? busy < places / 2.0 ? StageWord.Starved : StageWord.Balanced
            : busy >= Idle ? StageWord.Balanced : StageWord.Starved;
    }
}
