namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>Something that is wrong with a task's file.</summary>
/// <param name="Sentence">What and where.</param>
/// <param name="IsOfSchema">Whether the fault lies within one of its JSON Schemas.</param>
internal sealed record TaskFault(string Sentence, bool IsOfSchema = false);
