using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>Reads chat messages: what the template needs, and the pictures and clips beside it. One a request.</summary>
internal sealed class MessageReader
{
    private readonly List<TemplateMessage> _messages = [];
    private readonly List<MediaPart> _media = [];

    /// <summary>The messages that were read.</summary>
    public IReadOnlyList<TemplateMessage> Messages => _messages;

    /// <summary>Their pictures and clips, in order.</summary>
    public IReadOnlyList<MediaPart> Media => _media;

    /// <summary>Reads a conversation; instructions are put before its system message.</summary>
    public void Read(IEnumerable<ChatMessage> messages, string? instructions)
    {
        if (!string.IsNullOrWhiteSpace(instructions))
            _messages.Add(new("system", [PromptPiece.Content(instructions)]));
        var index = 0;
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.Tool)
                ReadTool(message, index);
            else
                Add(ReadMessage(message, index), index);
            index++;
        }
    }

    private void Add(TemplateMessage message, int index)
    {
        if (index == 0 && message.Role == "system" && _messages is [{ } instructions])
            _messages[0] = message with { Content = [.. instructions.Content, PromptPiece.Content("\n\n"), .. message.Content] };
        else
            _messages.Add(message);
    }

    private TemplateMessage ReadMessage(ChatMessage message, int index)
    {
        var content = new MediaCollector(_media);
        string? reasoning = null;
        var calls = new List<TemplateToolCall>();
        for (var part = 0; part < message.Contents.Count; part++)
        {
            switch (message.Contents[part])
            {
                case TextReasoningContent thought when message.Role == ChatRole.Assistant:
                    reasoning += thought.Text;
                    break;
                case FunctionCallContent call when message.Role == ChatRole.Assistant:
                    calls.Add(
                        new(
                            call.Name,
                            [
                                .. (call.Arguments ?? new Dictionary<string, object?>())
                                    .Select(a => KeyValuePair.Create(a.Key, ToJson(a.Value)))
                            ]));
                    break;
                case UsageContent:
                    break;
                case var other:
                    content.Add(other, Where(index, part));
                    break;
            }
        }

        return new(message.Role.Value, content.Finish()) { Number = index, Reasoning = reasoning, ToolCalls = calls };
    }

    // The template knows one message a result; here one message may carry several.
    private void ReadTool(ChatMessage message, int index)
    {
        var other = new MediaCollector(_media);
        for (var part = 0; part < message.Contents.Count; part++)
        {
            if (message.Contents[part] is FunctionResultContent result)
            {
                _messages.Add(
                    new("tool", [PromptPiece.Content(result.Result is string text ? text : PythonText.Argument(ToJson(result.Result)))]));
            }
            else
            {
                other.Add(message.Contents[part], Where(index, part));
            }
        }

        if (other.Finish() is { Count: > 0 } pieces)
            _messages.Add(new("tool", pieces));
    }

    private static string Where(int message, int part) => $"Message {message}, part {part}";

    private static JsonElement ToJson(object? value) =>
        value as JsonElement? ?? JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions);
}
