using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Chat;

/// <summary>Turns what the engine generated into the contents and the usage of a chat response.</summary>
internal sealed class AnswerReader(Qwen35Tokenizer tokenizer, ReasoningMarks reasoning)
{
    /// <summary>Takes a whole answer apart.</summary>
    public (IList<AIContent> Contents, ChatFinishReason Reason) Read(ChatRequest request, Generation generation)
    {
        // By token, not by text: the letters of the tag may also occur in the reasoning itself.
        var end = request.IsThinking ? Array.IndexOf(generation.TokenIds, reasoning.EndToken) : -1;
        var thought = !request.IsThinking ? [] : end < 0 ? generation.TokenIds : generation.TokenIds[..end];
        var rest = generation.TokenIds[(thought.Length + (end < 0 ? 0 : 1))..];
        var answer = Answer.Parse(Cut(tokenizer.Decode(rest), request, generation), thinking: false, request.Tools);
        List<AIContent> contents = [];
        if (thought.Length > 0 && request.ShowsReasoning)
        {
            contents.Add(new TextReasoningContent(tokenizer.Decode(thought).Trim()));
        }

        if (answer.Text.Length > 0 || answer.ToolCalls.Count == 0)
        {
            contents.Add(new TextContent(answer.Text));
        }

        contents.AddRange(answer.ToolCalls);
        return (contents, ReasonOf(generation, answer.ToolCalls.Count));
    }

    /// <summary>The choices that the answer's text was made of, with their places in it.</summary>
    /// <returns>Null when the text is not what the tokens wrote, one byte after the other.</returns>
    public IReadOnlyList<TokenChoice>? ReadChoices(ChatRequest request, Generation generation, IList<AIContent> contents)
    {
        var first = request.IsThinking ? Array.IndexOf(generation.TokenIds, reasoning.EndToken) + 1 : 0;
        var ends = new int[generation.TokenIds.Length + 1];
        var written = new List<byte>();
        for (var token = first; token < generation.TokenIds.Length; token++)
        {
            written.AddRange(tokenizer.Bytes(generation.TokenIds[token], skipSpecialTokens: true));
            ends[token + 1] = written.Count;
        }

        var text = Encoding.UTF8.GetBytes(contents.OfType<TextContent>().SingleOrDefault()?.Text ?? "");
        var start = CollectionsMarshal.AsSpan(written).IndexOf(text);
        if (text.Length == 0 || start < 0)
        {
            return null;
        }

        return [.. generation.Choices.Where(choice => choice.Index >= first).SelectMany(Placed)];

        IEnumerable<TokenChoice> Placed(AnswerChoice choice)
        {
            var from = Math.Max(ends[choice.Index] + choice.ForcedBytes - start, 0);
            var to = Math.Min(ends[choice.Index + 1] - start, text.Length);
            if (from < to) yield return new(from, to - from, choice.Token.Probability, choice.Token.Margin);
        }
    }

    public UsageDetails ReadUsage(ChatRequest request, Generation generation)
    {
        var end = Array.IndexOf(generation.TokenIds, reasoning.EndToken);
        return new UsageDetails
        {
            InputTokenCount = generation.PromptTokens,
            OutputTokenCount = generation.TokenIds.Length,
            TotalTokenCount = generation.PromptTokens + generation.TokenIds.Length,
            CachedInputTokenCount = generation.CachedPromptTokens,
            ReasoningTokenCount = !request.IsThinking ? 0 : end < 0 ? generation.TokenIds.Length : end + 1,
            AdditionalCounts = new AdditionalPropertiesDictionary<long>
            {
                ["pictures"] = generation.Pictures,
                ["media_tokens"] = generation.MediaTokens,
                ["cached_media_tokens"] = generation.CachedMediaTokens,
            },
        };
    }

    private static ChatFinishReason ReasonOf(Generation generation, int toolCalls) =>
        toolCalls > 0
            ? ChatFinishReason.ToolCalls
            : generation.Cause == FinishCause.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;

    private static string Cut(string text, ChatRequest request, Generation generation)
    {
        if (generation.Cause != FinishCause.StopSequence)
        {
            return text;
        }

        var at = request.StopSequences.Select(stop => text.IndexOf(stop, StringComparison.Ordinal))
            .Where(index => index >= 0)
            .DefaultIfEmpty(text.Length)
            .Min();
        return text[..at];
    }
}
