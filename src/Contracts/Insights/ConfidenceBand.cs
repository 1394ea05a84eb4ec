using System.Text.Json.Serialization;

namespace Qwen35Batch.Contracts.Insights;

/// <summary>How far a field may be trusted, by the share of wrong ones that a calibration measured.</summary>
public enum ConfidenceBand
{
    /// <summary>Read it before it is used.</summary>
    [JsonStringEnumMemberName("low")]
    Low,

    /// <summary>A sample should be read.</summary>
    [JsonStringEnumMemberName("medium")]
    Medium,

    /// <summary>It may be used as it is.</summary>
    [JsonStringEnumMemberName("high")]
    High,
}
