using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>One list of names, <c>Tasks:Vocabularies:&lt;name&gt;</c>.</summary>
public sealed class VocabularyOptions
{
    /// <summary>
    /// The list: a CSV file in UTF-8 whose first line names the columns. A relative path begins at <c>Tasks:Folder</c>, or without one at
    /// the current folder. It is read again when it changes.
    /// </summary>
    public string? File { get; set; }

    /// <summary>
    /// In the place of <see cref="File"/>: a query whose rows are the names, such as <c>SELECT id, name FROM suppliers</c>. Its columns are
    /// those that <see cref="Label"/>, <see cref="Key"/> and <see cref="Aliases"/> name. It is asked again every <see cref="Every"/>.
    /// </summary>
    public string? Sql { get; set; }

    /// <summary>The kind of database that the query is for; null for the ledger's.</summary>
    public VocabularyDatabase? Provider { get; set; }

    /// <summary>How to reach the database of the query; null for the ledger's.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How often a query is asked again; at least a second.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The column with the user's own key of a name, which is stored beside it; null for the label itself.</summary>
    public string? Key { get; set; }

    /// <summary>The column with the name, as an answer has it.</summary>
    [Required]
    public string Label { get; set; } = "name";

    /// <summary>A column with other ways to write the name, separated by <c>|</c>: what is read so is stored as the label.</summary>
    public string? Aliases { get; set; }

    /// <summary>What becomes of a name that is not in the list.</summary>
    public UnknownNames Unknown { get; set; } = UnknownNames.Null;
}
