using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Vocabularies;

/// <summary>One list of names.</summary>
internal sealed class Lists(string name, bool isOpen, params VocabularyEntry[] entries) : IVocabularies
{
    private readonly Vocabulary _list = Vocabulary.Create(name, entries, isOpen);

    public IReadOnlyCollection<string> Names => [name];

    public Vocabulary? Find(string wanted) => wanted == name ? _list : null;
}
