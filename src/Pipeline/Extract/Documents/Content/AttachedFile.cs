namespace Qwen35Batch.Pipeline.Extract.Documents.Content;

/// <summary>A file that stands within a document.</summary>
/// <param name="Name">Its name as the document says; null when it says none.</param>
/// <param name="MediaType">Its type as the document says; null when it says none.</param>
/// <param name="Length">Its length in bytes as the document says; null when it says none.</param>
/// <param name="Read">Its bytes, of which there may be at most so many; null when there are more, or when they cannot be read.</param>
internal sealed record AttachedFile(string? Name, string? MediaType, long? Length, Func<int, byte[]?> Read);
