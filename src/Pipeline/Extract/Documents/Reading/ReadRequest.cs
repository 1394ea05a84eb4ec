using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Archives;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>What the child is asked to read.</summary>
/// <param name="Path">A file of the media store.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Subject">What is read, at the start of a sentence.</param>
/// <param name="Options">The limits.</param>
/// <param name="Archive">The limits of an archive that is to be unpacked instead; null for a document.</param>
internal sealed record ReadRequest(
    string Path, string MediaType, string Subject, ExtractOptions Options, ArchiveLimits? Archive = null)
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

    /// <summary>Of a plain text, the place of the file at every so many characters; see <see cref="LinePlaces"/>.</summary>
    public IReadOnlyList<TextStart> Places { get; init; } = [];

    public IReadOnlyList<ReadingNote> Notes { get; init; } = [];

    /// <summary>The reason of a refusal, or null.</summary>
    public Contracts.RejectionReason? Refused { get; init; }

    public string? Detail { get; init; }
}

[JsonSerializable(typeof(ReadRequest))]
[JsonSerializable(typeof(ReadResult))]
internal sealed partial class ReadingJson : JsonSerializerContext;
