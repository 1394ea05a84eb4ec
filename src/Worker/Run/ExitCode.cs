namespace Qwen35Batch.Worker.Run;

/// <summary>How a command ended, as a shell sees it.</summary>
internal static class ExitCode
{
    /// <summary>Everything completed.</summary>
    public const int Completed = 0;

    /// <summary>The command cannot do what it is asked for, and says why.</summary>
    public const int Failed = 1;

    /// <summary>Some jobs did not complete.</summary>
    public const int Incomplete = 2;

    /// <summary>The ledger cannot be used now: the same command again may do what it is asked for.</summary>
    public const int LedgerAway = 3;

    /// <summary>Stopped by the user, as shells report it.</summary>
    public const int Stopped = 130;
}
