using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>Tools in the form that OpenAI-compatible servers take.</summary>
internal static class SentTools
{
    /// <summary>Whether a request offers tools.</summary>
    public static bool AreIn(ChatOptions? chat) => chat?.Tools is { Count: > 0 } && chat.ToolMode is not NoneChatToolMode;

    public static void Write(Utf8JsonWriter json, ChatOptions chat)
    {
        if (!AreIn(chat)) return;
        json.WriteStartArray("tools");
        foreach (var tool in chat.Tools!.OfType<AIFunctionDeclaration>())
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            json.WriteRawValue(tool.JsonSchema.GetRawText());
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (chat.ToolMode is RequiredChatToolMode { RequiredFunctionName: { } only })
        {
            json.WriteStartObject("tool_choice");
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", only);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("tool_choice", chat.ToolMode is RequiredChatToolMode ? "required" : "auto");
        }

        if (chat.AllowMultipleToolCalls is { } several) json.WriteBoolean("parallel_tool_calls", several);
    }
}
