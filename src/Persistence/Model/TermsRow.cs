namespace Qwen35Batch.Persistence.Model;

/// <summary>What an insight is found by: a row of an inverted index of its database's own kind.</summary>
internal sealed class TermsRow
{
    public long InsightId { get; set; }

    /// <summary>Terms of letters, digits, <c>_</c> and <c>=</c>, with a blank between.</summary>
    public required string Terms { get; set; }
}
