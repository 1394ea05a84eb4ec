using System.Text.Json;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Tests.Agents;

/// <summary>Calls of tools in one line.</summary>
internal static class ToolCalls
{
    private static readonly Guid Job = new("11111111-2222-3333-4444-555555555555");

    public static ToolCallContext Context(string language = "ja") => new(Job, 1, language, TestContext.Current.CancellationToken);

    public static Task<ToolResult> CallAsync(this IAgentTool tool, string arguments) =>
        tool.CallAsync(JsonElement.Parse(arguments), Context());

    public static Task<ToolFailedException> FailsAsync(this IAgentTool tool, string arguments) =>
        Assert.ThrowsAsync<ToolFailedException>(() => tool.CallAsync(arguments));
}
