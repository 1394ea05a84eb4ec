using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>
/// Section <c>Transcription</c>: an OpenAI-compatible transcription endpoint; without <see cref="BaseUrl"/> there is none.
/// </summary>
public sealed class TranscriptionOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Transcription";

    /// <summary>The API's address up to and with its version, such as <c>http://asr:8000/v1</c>; null for no transcription.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>The key, sent as a bearer token; null for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The model's name at the endpoint.</summary>
    public string Model { get; set; } = "whisper-1";

    /// <summary>How long one span of sound may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many spans are transcribed at the same time.</summary>
    [Range(1, 1024)]
    public int MaxConcurrency { get; set; } = 4;
}
