namespace Qwen35Batch.Worker.Run;

/// <summary>How a command ended, as a shell sees it.</summary>
internal static class ExitCode
{
    /// <summary>Everything completed.</summary>
    public const int Completed = 0;

    /// <summary>Some jobs did not complete.</summary>
    public const int Incomplete = 2;

    /// <summary>Stopped by the user, as shells report it.</summary>
    public const int Stopped = 130;
}
