using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Extract.Archives;

/// <summary>A file of an archive.</summary>
/// <param name="Name">Its name with its folders, which never leads anywhere but below the archive, unless it is refused for it.</param>
/// <param name="Problem">Why it is not unpacked, in words that follow its name; null when its content follows.</param>
/// <param name="IsMissing">Whether content is missing by that; false for what a file system keeps for itself.</param>
/// <param name="IsEncrypted">Whether a password is what is missing.</param>
internal sealed record ArchivedEntry(string Name, string? Problem = null, bool IsMissing = true, bool IsEncrypted = false)
{
    /// <summary>Why the whole archive is refused, of which <see cref="Problem"/> is then a sentence; null when it is not.</summary>
    public RejectionReason? Refused { get; init; }
}
