namespace Qwen35Batch.TestServers;

/// <summary>What a missing server means: a visible skip on a developer's machine, a failure on the build server.</summary>
internal static class Availability
{
    public static string SkipUnlessCI(string reason) =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)
            ? throw new InvalidOperationException($"{reason} With CI=true this is a failure and not a skip.")
            : reason;
}
