namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>Section <c>Tasks</c>: the lists of names that the schemas of tasks refer to by <c>x-vocabulary</c>.</summary>
public sealed class VocabulariesOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Tasks";

    /// <summary>Each list by the word that schemas name it by.</summary>
    public Dictionary<string, VocabularyOptions> Vocabularies { get; } = new(StringComparer.Ordinal);

    /// <summary>Where relative paths begin.</summary>
    internal string? BaseFolder { get; set; }
}
