using System.Globalization;

namespace Qwen35Batch.Worker.Retention;

/// <summary>What a purge removed, or would.</summary>
/// <param name="Files">Files.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Problems">Why others could not be removed.</param>
internal sealed record Purged(int Files, long Bytes, IReadOnlyList<string> Problems)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Files} files with {Bytes / 1_048_576.0:N1} MiB");
}
