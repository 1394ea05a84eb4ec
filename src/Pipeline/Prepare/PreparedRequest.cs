using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>A request that is ready for the model.</summary>
internal sealed record PreparedRequest
{
    private const int MostOfAWrongAnswer = 8_000;

    /// <summary>What is asked; the answer is validated against its schema.</summary>
    public required TaskQuestion Question { get; init; }

    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    public required ChatOptions Options { get; init; }

    public required Evidence Evidence { get; init; }

    /// <summary>What a reader of the insight must know of its sources.</summary>
    public IReadOnlyList<ReadingNote> Notes { get; init; } = [];

    /// <summary>The same request with so many times as many tokens for its answer.</summary>
    public PreparedRequest WithRoomFor(int times) => Options.MaxOutputTokens is { } most ? WithAnswerOf(most * times) : this;

    /// <summary>The same request with so many tokens for its answer.</summary>
    public PreparedRequest WithAnswerOf(int tokens)
    {
        var options = Options.Clone();
        options.MaxOutputTokens = tokens;
        return this with { Options = options };
    }

    /// <summary>The same request to an engine that need not tell how sure it was.</summary>
    public PreparedRequest WithoutChoices()
    {
        var options = Options.Clone();
        options.AdditionalProperties?.Remove(TokenChoice.Property);
        return this with { Options = options };
    }

    /// <summary>The same request once more, with the answer that was wrong and what is wrong with it.</summary>
    public PreparedRequest Corrected(string answer, string problem) => this with
    {
        Messages =
        [
            .. Messages,
            new(ChatRole.Assistant, UntrustedText.Harmless(Prompts.Cut(answer, MostOfAWrongAnswer))),
            new(ChatRole.User, $"This answer is not valid: {problem} Answer again with the whole corrected JSON object, and nothing else."),
        ],
    };
}
