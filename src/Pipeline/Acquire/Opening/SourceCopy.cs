namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>How the media store keeps local files.</summary>
public enum SourceCopy
{
    /// <summary>
    /// It keeps a copy of each, as with <see cref="Always"/>; where the file system lets files share blocks until one is changed, the copy
    /// takes no space.
    /// </summary>
    Auto,

    /// <summary>It keeps a copy of each: what was read once can be read again, whatever happens to the file.</summary>
    Always,

    /// <summary>
    /// It gives each another name in the store, which outlives the file's own and holds until the content is changed in place; a file on
    /// another file system is copied.
    /// </summary>
    HardLink,

    /// <summary>It keeps a link to each, which holds until the file is changed.</summary>
    Never,
}
