namespace Qwen35Batch.Contracts;

/// <summary>A task by name and version; the version is a hash of everything in its file that can change an answer.</summary>
/// <param name="Name">The task's name, such as <c>document</c>.</param>
/// <param name="Version">The first 12 hexadecimal digits of the SHA-256 of the task's canonical JSON.</param>
public sealed record TaskReference(string Name, string Version);
