namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>When the media store copies local files.</summary>
public enum SourceCopy
{
    /// <summary>It keeps a copy of each: what was read once can be read again, whatever happens to the file.</summary>
    Always,

    /// <summary>It keeps a link to each, which holds until the file is changed.</summary>
    Never,
}
