using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ModelContextProtocol.Protocol;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>A server's tool. Effect, trust and description are the configuration's; annotations are not read.</summary>
internal sealed partial class McpTool(McpServer server, string tool, McpToolOptions options) : IAgentTool
{
    private const int MaxAddresses = 100;

    public string Name { get; } = NameOf(server.Name, tool);

    public string Description { get; } = options.Description is { Length: > 0 } text ? text : $"'{tool}' of the server '{server.Name}'.";

    /// <summary>An object with any members, until the server was asked.</summary>
    public JsonElement Schema { get; private set; } = JsonElement.Parse("""{"type":"object"}""");

    public ToolEffect Effect { get; } = options.Effect;

    public ResultTrust Trust { get; } = options.Trust;

    public static string NameOf(string server, string tool) => $"{server}_{NotWord().Replace(tool, "_")}";

    public void Learn(IReadOnlyDictionary<string, JsonElement> schemas) => Schema = schemas[tool];

    public async Task<ToolResult> CallAsync(JsonElement arguments, ToolCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var result = await server.CallAsync(tool, arguments, context.Stop).ConfigureAwait(false);
        if (result.IsError == true) throw new ToolFailedException($"The tool '{Name}' says that it failed.");
        var text = Text(result);
        return new(text)
        {
            Addresses =
            [
                .. Address().Matches(text)
                    .Select(match => Uri.TryCreate(match.Value, UriKind.Absolute, out var address) ? address : null)
                    .OfType<Uri>()
                    .Distinct()
                    .Take(MaxAddresses)
                    .Select(address => new SeenAddress(address, null))
            ],
            Bytes = Encoding.UTF8.GetByteCount(text),
        };
    }

    private static string Text(CallToolResult result)
    {
        var parts = result.Content.Select(block => block switch
        {
            TextContentBlock text => text.Text,
            EmbeddedResourceBlock { Resource: TextResourceContents resource } => resource.Text,
            _ => "[left out: no text]",
        }).ToList();
        return parts.Count == 0 && result.StructuredContent is { } structured ? structured.GetRawText() : string.Join('\n', parts);
    }

    [GeneratedRegex("[^A-Za-z0-9_]")]
    private static partial Regex NotWord();

    [GeneratedRegex("""https?://[^\s<>"'`\\{}|^\]\[)]{1,1000}""", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
