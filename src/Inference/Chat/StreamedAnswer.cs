using Microsoft.Extensions.AI;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Chat;

/// <summary>
/// Turns tokens into contents as they come. Tool calls are left to the end, since they make sense only when they are complete.
/// </summary>
internal sealed class StreamedAnswer
{
    private const string ToolCall = "<tool_call>";

    private readonly Qwen35Tokenizer _tokenizer;
    private readonly ReasoningMarks _reasoning;
    private readonly bool _showsReasoning;
    private readonly StreamedText _thought = new([]);
    private readonly StreamedText _text;
    private StreamingDecoder _decoder;
    private bool _isThinking;

    public StreamedAnswer(ChatRequest request, Qwen35Tokenizer tokenizer, ReasoningMarks reasoning)
    {
        _tokenizer = tokenizer;
        _reasoning = reasoning;
        _showsReasoning = request.ShowsReasoning;
        _isThinking = request.IsThinking;
        _decoder = tokenizer.CreateStreamingDecoder();
        _text = new StreamedText([.. request.StopSequences, .. request.Tools is null ? Array.Empty<string>() : [ToolCall]]);
    }

    public AIContent? Append(int token)
    {
        if (_isThinking && token == _reasoning.EndToken)
        {
            var rest = Flush();
            _isThinking = false;
            _decoder = _tokenizer.CreateStreamingDecoder();
            return rest;
        }

        return Content(Current.Append(_decoder.Append(token)));
    }

    public AIContent? Flush() => Content(Current.Append(_decoder.Flush()) + Current.Flush());

    private StreamedText Current => _isThinking ? _thought : _text;

    private AIContent? Content(string text)
    {
        if (text.Length == 0 || (_isThinking && !_showsReasoning))
        {
            return null;
        }

        return _isThinking ? new TextReasoningContent(text) : new TextContent(text);
    }
}
