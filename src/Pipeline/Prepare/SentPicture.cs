namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>A picture that was sent.</summary>
internal sealed record SentPicture(string Sha256, int? Page = null, double? Seconds = null);
