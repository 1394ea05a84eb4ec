namespace Qwen35Batch.Pipeline.Agents.Steps;

/// <summary>A file that a job made.</summary>
/// <param name="Name">Its file name, such as <c>report.pdf</c>.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Sha256">SHA-256 of its content, lower-case hexadecimal.</param>
/// <param name="LengthBytes">Its length in bytes.</param>
public sealed record StoredArtifact(string Name, string MediaType, string Sha256, long LengthBytes);
