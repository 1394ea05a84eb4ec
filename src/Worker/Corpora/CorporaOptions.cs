namespace Qwen35Batch.Worker.Corpora;

/// <summary>The section <c>Corpora</c>: corpora by name.</summary>
public sealed class CorporaOptions : Dictionary<string, CorpusOptions>
{
    /// <summary>The section's name.</summary>
    public const string Section = "Corpora";

    /// <summary>Names are the same in upper and lower case.</summary>
    public CorporaOptions()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }
}
