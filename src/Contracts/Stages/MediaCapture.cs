namespace Qwen35Batch.Contracts.Stages;

/// <summary>What the camera wrote into a picture or a recording. It may be wrong, or made up.</summary>
public sealed record MediaCapture
{
    /// <summary>
    /// When it was taken, by the camera's clock, as ISO 8601: <c>2024-05-03T14:22:10</c>, with an offset such as <c>+09:00</c> where the
    /// camera knew its own. Null when it is not said.
    /// </summary>
    public string? TakenAt { get; init; }

    /// <summary>Degrees north, negative for south; null when it is not said.</summary>
    public double? Latitude { get; init; }

    /// <summary>Degrees east, negative for west; null when it is not said.</summary>
    public double? Longitude { get; init; }

    /// <summary>Metres above the sea; null when it is not said.</summary>
    public double? AltitudeMetres { get; init; }

    /// <summary>Its maker and model, at most 100 characters; null when it is not said.</summary>
    public string? Camera { get; init; }
}
