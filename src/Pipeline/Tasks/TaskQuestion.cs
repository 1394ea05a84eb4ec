using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>A prompt and the schema of its answer.</summary>
/// <param name="Prompt">The instructions; <c>{language}</c> stands for the language of the answer.</param>
/// <param name="Schema">The JSON Schema of the answer.</param>
/// <param name="Citations">Which fields of the answer carry times or pages.</param>
/// <param name="Transcript">
/// The JSON pointer of the array that the pipeline fills with the transcript's spans (<c>start</c>, <c>end</c>, <c>text</c>), so that no
/// model rewrites what was heard; null when the answer has none.
/// </param>
/// <param name="Vocabularies">The lists of names that the schema may refer to.</param>
internal sealed record TaskQuestion(
    string Prompt, JsonElement Schema, IReadOnlyList<CitationRule> Citations, string? Transcript = null,
    [property: JsonIgnore] IVocabularies? Vocabularies = null)
{
    /// <summary>The schema as it is checked against, read once.</summary>
    [JsonIgnore]
    public JsonSchema Checks { get; } = JsonSchema.Read(Schema, Vocabularies).Checked();
}
