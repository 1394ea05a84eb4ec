using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Contracts.Steps;

namespace Qwen35Batch.Pipeline.Agents.Steps;

/// <summary>How steps are written and read.</summary>
internal static class StepJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // People read it, in any script.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>The result of a step that is done; null for another.</summary>
    public static T? Done<T>(StepRecord step)
        where T : class => step.State == StepState.Done ? JsonSerializer.Deserialize<T>(step.Result!, Options) : null;

    /// <summary>Why a step gave no result.</summary>
    public static string Problem(StepRecord step) =>
        step.Result is { } result ? JsonSerializer.Deserialize<StepProblem>(result, Options)?.Problem ?? "" : "";
}
