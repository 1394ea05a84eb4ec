namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>A kind of database that a list of names can be asked of.</summary>
public enum VocabularyDatabase
{
    /// <summary>PostgreSQL.</summary>
    PostgreSql,

    /// <summary>A SQLite file.</summary>
    Sqlite,
}
