namespace Qwen35Batch.Pipeline.Agents.Tools;

/// <summary>A finished temporary file, to be moved into the job's artefacts by the commit.</summary>
/// <param name="Name">Its file name, such as <c>report.pdf</c>.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Path">Where it lies now.</param>
public sealed record Artifact(string Name, string MediaType, string Path);
