using System.Text.Json;
using System.Text.Json.Serialization;

namespace Qwen35Batch.Pipeline.Agents.Steps;

/// <summary>A call that the model asks for.</summary>
/// <param name="Tool">The tool's name, as the model wrote it.</param>
/// <param name="Arguments">An object.</param>
internal sealed record ModelCall(string Tool, JsonElement Arguments)
{
    /// <summary>The arguments as one text, whatever the order in which the model wrote them.</summary>
    [JsonIgnore]
    public string Canonical => StepJson.Write(
        Arguments.EnumerateObject().GroupBy(member => member.Name, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last().Value));
}
