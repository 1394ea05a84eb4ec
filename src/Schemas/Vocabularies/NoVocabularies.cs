namespace Qwen35Batch.Schemas.Vocabularies;

/// <summary>Where there are no lists of names.</summary>
public sealed class NoVocabularies : IVocabularies
{
    private NoVocabularies()
    {
    }

    /// <summary>The only instance.</summary>
    public static NoVocabularies Instance { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => [];

    /// <inheritdoc/>
    public Vocabulary? Find(string name) => null;
}
