namespace Qwen35Batch.Persistence.Corpora;

/// <summary>A file of a corpus as an earlier run read it.</summary>
/// <param name="Stamp">By what it is known again.</param>
/// <param name="ContentSha256">SHA-256 of its content, lower-case hexadecimal.</param>
public sealed record KnownFile(FileStamp Stamp, string ContentSha256);
