namespace Qwen35Batch.Worker.Availability;

/// <summary>Which engine answers. Section <c>Engine</c>, beside the settings of the engine that is chosen.</summary>
public sealed class EngineSelection
{
    /// <summary>The section's name.</summary>
    public const string Section = "Engine";

    /// <summary>In this process by default.</summary>
    public EngineKind Kind { get; set; }
}
