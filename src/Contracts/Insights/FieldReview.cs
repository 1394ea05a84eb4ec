using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Qwen35Batch.Contracts.Insights;

/// <summary>What a person says of one field of an insight.</summary>
public sealed record FieldReview
{
    /// <summary>The JSON pointer of the value; for a missing item of a list it may end in <c>/-</c>.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is RFC 6901's word, and the record's.")]
    public required string Pointer { get; init; }

    /// <summary>What is said.</summary>
    public required ReviewVerdict Verdict { get; init; }

    /// <summary>The right value; null unless it is corrected or missing.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>Where it stands, as the person drew it; null when that was not said.</summary>
    public Box? Box { get; init; }

    /// <summary>The page of <see cref="Box"/>, from 1.</summary>
    public int? Page { get; init; }

    /// <summary>Why, in the person's words.</summary>
    public string? Note { get; init; }
}
