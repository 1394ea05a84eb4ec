namespace Qwen35Batch.TestServers;

/// <summary>When a test gives up. It decides about none but one that hangs: a machine may have a hundred other things to do.</summary>
public static class Hang
{
    /// <summary>The longest time for anything that happens at all.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);
}
