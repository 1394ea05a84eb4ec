using System.Text.Json;

namespace Qwen35Batch.Pipeline.Agents.Steps;

/// <summary>What the model answered in a step, as it is stored.</summary>
/// <param name="Model">The model and its revision.</param>
/// <param name="Answer">The answer to a schema; null where tools were offered.</param>
/// <param name="Calls">The calls that it asks for; empty when it has enough.</param>
internal sealed record ModelResult(string Model, JsonElement? Answer, IReadOnlyList<ModelCall> Calls);
