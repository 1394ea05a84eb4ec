namespace Qwen35Batch.Pipeline.Tests.Grounding.Places;

/// <summary>What is difficult about a generated page.</summary>
public enum PlacesKind
{
    Plain,
    Turned90,
    Turned180,
    Turned270,
    Cropped,
    CroppedAndTurned,
    MixedSizes,
    TwoColumns,
    FullWidth,
    Repeated,
    TwoLines,
    Ligatures,
    Vertical,
    UserUnit,
    Stamped,
}
