namespace Qwen35Batch.Schemas.Vocabularies;

/// <summary>A list of names cannot be used.</summary>
public sealed class VocabularyException : Exception
{
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="place">Where, or null when it is the list as a whole.</param>
    public VocabularyException(string message, string? place = null)
        : base(message) => Place = place;

    /// <summary>Where in the list, or null when it is the list as a whole.</summary>
    public string? Place { get; }
}
