using System.Threading.Channels;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Sampling;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Batching.Sequences;

/// <summary>A request, ready to run.</summary>
internal sealed record EngineRequest
{
    public required PreparedPrompt Prompt { get; init; }

    /// <summary>How the next token is chosen.</summary>
    public SamplingSettings Sampling { get; init; } = SamplingSettings.Greedy;

    /// <summary>Whether the generation says how sure the model was of what it chose.</summary>
    public bool WantsChoices { get; init; }

    /// <summary>What the answer must look like; its state belongs to this request.</summary>
    public ITokenGrammar? Grammar { get; init; }

    /// <summary>Tokens that the answer may have; null for what the slot holds behind the prompt.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>UTF-8; the answer ends when it contains one.</summary>
    public IReadOnlyList<byte[]> StopSequences { get; init; } = [];

    /// <summary>Requests of one group share one turn, so that many of them do not starve the others.</summary>
    public string Group { get; init; } = "";

    /// <summary>Higher goes first, whatever the group.</summary>
    public int Priority { get; init; }

    /// <summary>When the answer is of no use any more.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Receives each token as it is known.</summary>
    public ChannelWriter<int>? Stream { get; init; }
}
