using System.Text.Json.Serialization;

namespace Qwen35Batch.Contracts.Insights;

/// <summary>What a person says of one field of an insight.</summary>
public enum ReviewVerdict
{
    /// <summary>It is right.</summary>
    [JsonStringEnumMemberName("accepted")]
    Accepted,

    /// <summary>It is wrong, and <see cref="FieldReview.Value"/> is right.</summary>
    [JsonStringEnumMemberName("corrected")]
    Corrected,

    /// <summary>It is wrong, and nothing right is known: it should not be there.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,

    /// <summary>The model should have found it: <see cref="FieldReview.Value"/> stands in the media.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,
}
