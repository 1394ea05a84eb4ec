using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>
/// Section <c>Engine</c> when <c>Engine:Kind</c> is <c>OpenAI</c>: an OpenAI-compatible endpoint, such as vLLM, SGLang or llama-server.
/// </summary>
public sealed class EndpointOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Engine";

    /// <summary>The API's address up to and with its version, such as <c>http://vllm:8000/v1</c>.</summary>
    [Required(ErrorMessage = "Engine:BaseUrl is missing: set it to the endpoint's address with its version, such as http://vllm:8000/v1.")]
    public Uri? BaseUrl { get; set; }

    /// <summary>The key, sent as a bearer token; null for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The model's name at the endpoint, such as <c>Qwen/Qwen3.5-397B-A17B-FP8</c>.</summary>
    [Required(
        ErrorMessage = "Engine:Model is missing: set it to the model's name at the endpoint, one of those that GET /v1/models lists.")]
    public string? Model { get; set; }

    /// <summary>How long one answer may take, from the request's first byte to the answer's last.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00", ErrorMessage = "Engine:RequestTimeout must be from 00:00:01 to 06:00:00.")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a connection may take to be made.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "Engine:ConnectTimeout must be from 00:00:00.1 to 00:10:00.")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How many requests are at the endpoint at the same time. A server batches what it has, so give it as many as it can hold.
    /// </summary>
    [Range(1, 4096, ErrorMessage = "Engine:MaxConcurrency must be from 1 to 4096.")]
    public int MaxConcurrency { get; set; } = 64;

    /// <summary>The largest answer that is read, in bytes.</summary>
    [Range(1024, 1024 * 1024 * 1024, ErrorMessage = "Engine:MaxAnswerBytes must be from 1024 to 1073741824.")]
    public long MaxAnswerBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How pictures are compressed.</summary>
    [EnumDataType(typeof(PictureFormat), ErrorMessage = "Engine:Pictures must be Auto, Png or Jpeg.")]
    public PictureFormat Pictures { get; set; }

    /// <summary>The quality of JPEG pictures, from 1 to 100.</summary>
    [Range(1, 100, ErrorMessage = "Engine:JpegQuality must be from 1 to 100.")]
    public int JpegQuality { get; set; } = 95;

    /// <summary>How the clips of a video are sent.</summary>
    [EnumDataType(typeof(VideoForm), ErrorMessage = "Engine:Video must be Frames or Native.")]
    public VideoForm Video { get; set; } = VideoForm.Frames;

    /// <summary>
    /// Whether the server understands what vLLM, SGLang and llama-server have beyond OpenAI's API: <c>chat_template_kwargs</c>, which turns
    /// thinking off, <c>top_k</c>, and <c>max_tokens</c> beside <c>max_completion_tokens</c>. Turn it off for a server that refuses them.
    /// </summary>
    public bool ServerExtensions { get; set; } = true;

    /// <summary>
    /// Whether the server is asked for the log probabilities of its tokens (<c>logprobs</c>), from which the signals of fields are made. A
    /// server that refuses them is asked again without, and not for them any more.
    /// </summary>
    public bool LogProbabilities { get; set; } = true;
}
