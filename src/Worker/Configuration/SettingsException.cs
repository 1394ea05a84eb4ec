namespace Qwen35Batch.Worker.Configuration;

/// <summary>Settings that cannot be used. Every problem is a sentence that names the key and what is allowed.</summary>
internal sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
