using System.Text.Json;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>The switches of the chat template, with its defaults.</summary>
internal sealed record TemplateSwitches
{
    /// <summary>Whether the answer starts with reasoning.</summary>
    public bool EnableThinking { get; init; } = true;

    /// <summary>Whether the prompt ends with the start of the assistant's turn.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>Whether pictures and clips are numbered ("Picture 1: ").</summary>
    public bool AddVisionId { get; init; }

    /// <summary>The declared tools, each <c>{"type": "function", "function": {…}}</c>.</summary>
    public IReadOnlyList<JsonElement> Tools { get; init; } = [];
}
