using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>What the child is asked to read.</summary>
/// <param name="Path">A file of the media store.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Subject">What is read, at the start of a sentence.</param>
/// <param name="Options">The limits.</param>
internal sealed record ReadRequest(string Path, string MediaType, string Subject, ExtractOptions Options)
{
    /// <summary>As an argument.</summary>
    public string ToArgument() => JsonSerializer.Serialize(this, ReadingJson.Default.ReadRequest);

    /// <summary>From an argument.</summary>
    public static ReadRequest Of(string argument) =>
        JsonSerializer.Deserialize(argument, ReadingJson.Default.ReadRequest) ?? throw new JsonException("There is no request.");
}

/// <summary>What stands behind the text: all else that was read, or why nothing was.</summary>
internal sealed record ReadResult
{
    public IReadOnlyList<string> Pictures { get; init; } = [];

    public IReadOnlyList<DocumentMark> Marks { get; init; } = [];

    public IReadOnlyList<TextAddress> Addresses { get; init; } = [];

    public TextStart? Start { get; init; }

    public string? Note { get; init; }

    /// <summary>The reason of a refusal, or null.</summary>
    public Contracts.RejectionReason? Refused { get; init; }

    public string? Detail { get; init; }
}

[JsonSerializable(typeof(ReadRequest))]
[JsonSerializable(typeof(ReadResult))]
internal sealed partial class ReadingJson : JsonSerializerContext;
