using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>Section <c>Prepare</c>: how requests to the model are put together.</summary>
public sealed class PrepareOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Prepare";

    /// <summary>
    /// The largest number of characters of segments' insights in one synthesis. Longer ones are shortened, the same way every time. Make it
    /// smaller when the model's context is small: about 3 characters are a token.
    /// </summary>
    [Range(1_000, 10_000_000)]
    public int SynthesisCharacters { get; set; } = 24_000;
}
