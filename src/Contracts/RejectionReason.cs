namespace Qwen35Batch.Contracts;

/// <summary>Why a job or a segment has no insight. A closed list, so that it can be counted; the detail is beside it in words.</summary>
public enum RejectionReason
{
    /// <summary>The source does not exist or may not be read.</summary>
    SourceNotFound,

    /// <summary>The source lies outside the allowed roots, or its address is not a public one.</summary>
    SourceForbidden,

    /// <summary>The source is larger than allowed, in bytes, pixels, pages, or once unpacked.</summary>
    TooLarge,

    /// <summary>The source is empty.</summary>
    Empty,

    /// <summary>The content is of a kind that is not read.</summary>
    UnsupportedMedia,

    /// <summary>The content is of a known kind but damaged.</summary>
    CorruptMedia,

    /// <summary>The document needs a password.</summary>
    Encrypted,

    /// <summary>A tool did not finish within its deadline.</summary>
    TimedOut,

    /// <summary>No task has this name, or the task does not read this kind of media.</summary>
    UnknownTask,

    /// <summary>An option of the job or its task cannot be kept to; the detail names it and what is allowed.</summary>
    InvalidOptions,

    /// <summary>The prompt is longer than the model can take.</summary>
    PromptTooLong,

    /// <summary>The model's answer did not satisfy the task's schema; it is kept with the segment.</summary>
    InvalidAnswer,

    /// <summary>The model or its endpoint refused the request.</summary>
    ModelRefused,

    /// <summary>Tried as often as allowed; the detail tells the last error.</summary>
    AttemptsExhausted,

    /// <summary>A fault of this program; the detail tells what happened.</summary>
    InternalError,
}
