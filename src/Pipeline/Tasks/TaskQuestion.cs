using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>A prompt and the schema of its answer.</summary>
/// <param name="Prompt">
/// The instructions; <c>{language}</c> stands for the language of the answer, <c>{goal}</c> for the job's goal.
/// </param>
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
    private JsonElement? _withBoxes;

    /// <summary>
    /// The JSON pointers of values that the model words itself, such as a summary, with <c>*</c> for every item: they are not looked for in
    /// the media. They change no answer, and so not the task's version.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<string> Inferred { get; init; } = [];

    /// <summary>
    /// The JSON pointers of objects that the model is asked for a box of, where it sees one picture without text; null for none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Boxes { get; init; }

    /// <summary>The name of the property that holds a box in an answer.</summary>
    [JsonIgnore]
    public string BoxName { get; } = ModelBoxes.NameIn(Schema);

    /// <summary>The schema with the boxes that are asked for; without any, the schema.</summary>
    [JsonIgnore]
    public JsonElement WithBoxes => _withBoxes ??= Boxes is { } boxes ? ModelBoxes.Add(Schema, boxes, BoxName) : Schema;

    /// <summary>The schema as it is checked against, read once.</summary>
    [JsonIgnore]
    public JsonSchema Checks { get; } = JsonSchema.Read(Schema, Vocabularies).Checked();
}
