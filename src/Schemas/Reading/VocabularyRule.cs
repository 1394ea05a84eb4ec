using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Schemas.Reading;

/// <summary>What <c>x-vocabulary</c> asks of a text.</summary>
/// <param name="name">The list.</param>
/// <param name="lists">Where it is.</param>
internal sealed class VocabularyRule(string name, IVocabularies lists)
{
    public string Name => name;

    /// <summary>The list as it is now.</summary>
    /// <exception cref="VocabularyException">It is gone.</exception>
    public Vocabulary Current =>
        lists.Find(name) ?? throw new VocabularyException($"The list of names '{name}' is gone: give it in Tasks:Vocabularies again.");
}
