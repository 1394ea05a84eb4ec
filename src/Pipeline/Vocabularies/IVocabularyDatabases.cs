using System.Data.Common;

namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>The databases that lists of names are asked of.</summary>
public interface IVocabularyDatabases
{
    /// <summary>A connection for a list's query, not yet open.</summary>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    DbConnection Connect(VocabularyOptions options);
}
