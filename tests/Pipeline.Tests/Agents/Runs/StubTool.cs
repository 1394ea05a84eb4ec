using System.Text.Json;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Tests.Agents.Runs;

/// <summary>A tool that counts what it did.</summary>
internal sealed class StubTool(string name, ToolEffect effect, Func<JsonElement, ToolResult> result) : IAgentTool
{
    private int _calls;

    public string Name => name;

    public string Description => $"Does {name}.";

    public JsonElement Schema { get; init; } = JsonElement.Parse(
        """
        {"type":"object","properties":
         {"about":{"type":"string"},"url":{"type":"string"},"count":{"type":"integer"},"query":{"type":"string"}}}
        """);

    public ToolEffect Effect => effect;

    public ResultTrust Trust { get; init; } = ResultTrust.Untrusted;

    /// <summary>Told before and after the effect.</summary>
    public Action<string> At { get; set; } = _ => { };

    public int Calls => _calls;

    public Task<ToolResult> CallAsync(JsonElement arguments, ToolCallContext context)
    {
        At("before effect");
        Interlocked.Increment(ref _calls);
        At("after effect");
        return Task.FromResult(result(arguments));
    }
}
