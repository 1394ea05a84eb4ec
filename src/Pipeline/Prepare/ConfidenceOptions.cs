using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Pipeline.Prepare;

/// <summary>Section <c>Confidence</c>: what is found out of how sure fields are.</summary>
public sealed class ConfidenceOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Confidence";

    /// <summary>
    /// <c>Calibrated</c>: signals, and probabilities where the task and model are calibrated. <c>Signals</c>: no probabilities.
    /// <c>Off</c>: the engine is not asked how sure it was, and fields have places only.
    /// </summary>
    public ConfidenceMode Mode { get; set; } = ConfidenceMode.Calibrated;

    /// <summary>
    /// Whether the newest calibration of another version of the task, or of another revision or precision of the model, is used while there
    /// is none of this one. Its name in each field tells so; nothing says that it holds.
    /// </summary>
    public bool AllowStale { get; set; }

    /// <summary>
    /// <c>Doubtful</c>: a page with a text layer is read once more, by its picture alone, when one of its fields is doubtful; whether both
    /// readings agree becomes a signal, and the second counts in the usage. <c>Off</c>: everything is read once.
    /// </summary>
    public SecondReadingMode SecondReading { get; set; } = SecondReadingMode.Off;

    /// <summary>
    /// A field is doubtful with a probability below this or, while its task is not calibrated, when a token of it had less.
    /// </summary>
    [Range(0.0, 1.0)]
    public double DoubtfulBelow { get; set; } = 0.9;
}

/// <summary>What is found out of how sure fields are.</summary>
public enum ConfidenceMode
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>What the model's own probabilities say.</summary>
    Signals,

    /// <summary>That, and the measured probability of being right.</summary>
    Calibrated,
}

/// <summary>When a page is read a second time, in another way.</summary>
public enum SecondReadingMode
{
    /// <summary>Never.</summary>
    Off,

    /// <summary>When one of its fields is doubtful.</summary>
    Doubtful,
}
