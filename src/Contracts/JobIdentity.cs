using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Qwen35Batch.Contracts;

/// <summary>
/// What makes two submissions the same job, whichever door they come through: the same source with the same content, read by the same
/// version of a task with the same model and options. Priority, correlation and who asks do not matter.
/// </summary>
public sealed record JobIdentity
{
    // An option that is not given must not count, or a new kind of option would make every earlier job another one.
    private static readonly JsonSerializerOptions Canonical = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The source as it was submitted.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// SHA-256 of the content, lower-case hexadecimal; null for what cannot be read at the door: a URL, or a file that is not there.
    /// </summary>
    public string? ContentSha256 { get; init; }

    /// <summary>What an agent is asked; null for a job of media.</summary>
    public string? Question { get; init; }

    /// <summary>The task with its version; for <c>auto</c>, the version changes with any task's.</summary>
    public required TaskReference Task { get; init; }

    /// <summary>The model and its revision.</summary>
    public required string Model { get; init; }

    /// <summary>What the submitter changed of the task.</summary>
    public required JobOptions Options { get; init; }

    /// <summary>The identity as a key: <c>job:</c> and 64 hexadecimal digits.</summary>
    public string Key() => $"job:{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, Canonical)))}";
}
