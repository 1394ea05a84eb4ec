namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>Section <c>Tasks</c>: the lists of names that the schemas of tasks refer to by <c>x-vocabulary</c>.</summary>
public sealed class VocabulariesOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Tasks";

    /// <summary>
    /// Each list by the word that schemas name it by: <c>File</c>, a CSV file in UTF-8 (a relative path begins at <c>Tasks:Folder</c>), or
    /// <c>Sql</c>, a query, asked of the ledger's database or of <c>ConnectionString</c> with <c>Provider</c>, <c>PostgreSql</c> or
    /// <c>Sqlite</c>, and again <c>Every</c> five minutes,
    /// <c>Label</c>, the column with the name (<c>name</c>), <c>Key</c>, the column with your own key, <c>Aliases</c>, a column with
    /// other ways to write the name, separated by <c>|</c>, and <c>Unknown</c>, <c>Null</c> or <c>Free</c>.
    /// </summary>
    public Dictionary<string, VocabularyOptions> Vocabularies { get; } = new(StringComparer.Ordinal);

    /// <summary>Where relative paths begin.</summary>
    internal string? BaseFolder { get; set; }
}
