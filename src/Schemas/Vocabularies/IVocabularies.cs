namespace Qwen35Batch.Schemas.Vocabularies;

/// <summary>The lists of names that schemas refer to by <c>x-vocabulary</c>. Thread-safe.</summary>
public interface IVocabularies
{
    /// <summary>The names of all lists.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>The list of a name as it is now, or null when there is none.</summary>
    Vocabulary? Find(string name);
}
