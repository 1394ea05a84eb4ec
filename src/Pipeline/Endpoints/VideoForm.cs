namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>How the clips of a video are sent to an endpoint.</summary>
public enum VideoForm
{
    /// <summary>As pictures with their times before them: every server with pictures takes them.</summary>
    Frames,

    /// <summary>
    /// As one <c>video_url</c> with an MP4 of the same frames, for servers that know video, such as vLLM and SGLang: fewer tokens for it.
    /// </summary>
    Native,
}
