namespace Qwen35Batch.Contracts.Stages;

/// <summary>A file of an archive, which becomes a job of its own.</summary>
/// <param name="Source">The archive's source as it may be shown, <c>!/</c>, and the file's name with its folders.</param>
/// <param name="Sha256">SHA-256 of its content, lower-case hexadecimal; its name in the media store.</param>
public sealed record ArchivedFile(string Source, string Sha256);
