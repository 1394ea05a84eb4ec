using System.Text.Json.Serialization;

namespace Qwen35Batch.Contracts.Insights;

/// <summary>How the place that a citation names was found.</summary>
public enum CitationMethod
{
    /// <summary>In the text that the page itself carries.</summary>
    [JsonStringEnumMemberName("text-layer")]
    TextLayer,

    /// <summary>In the words that character recognition read from the picture.</summary>
    [JsonStringEnumMemberName("ocr")]
    Ocr,

    /// <summary>In a cell of a sheet or table; <see cref="Citation.Address"/> names it.</summary>
    [JsonStringEnumMemberName("cell")]
    Cell,

    /// <summary>In a line of a text, or in a paragraph or slide that <see cref="Citation.Address"/> names.</summary>
    [JsonStringEnumMemberName("line")]
    Line,

    /// <summary>In what a transcription heard.</summary>
    [JsonStringEnumMemberName("transcript")]
    Transcript,

    /// <summary>In the file's own subtitles.</summary>
    [JsonStringEnumMemberName("subtitle")]
    Subtitle,

    /// <summary>At the time that the model named, within what was sent.</summary>
    [JsonStringEnumMemberName("frame")]
    Frame,

    /// <summary>The model's own claim of where it is: nothing checked it.</summary>
    [JsonStringEnumMemberName("model")]
    Model,
}
