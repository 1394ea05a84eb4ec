namespace Qwen35Batch.Pipeline.Tasks.Grants;

/// <summary>Which hosts a list names: <c>arxiv.org</c> itself, <c>*.ac.jp</c> for all below it.</summary>
internal static class HostRule
{
    public static bool Allows(IReadOnlyList<string> hosts, string host) => hosts.Any(each =>
        each.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(each[1..], StringComparison.OrdinalIgnoreCase) && host.Length > each.Length - 1
            : host.Equals(each, StringComparison.OrdinalIgnoreCase));
}
