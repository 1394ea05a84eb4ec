using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>An insight with what a person needs to look at it.</summary>
public sealed record StoredInsight
{
    /// <summary>Its number, as the views have it.</summary>
    public required long Id { get; init; }

    /// <summary>The record, as it is exported: the model's answer.</summary>
    public required InsightRecord Record { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>What its job's media are.</summary>
    public MediaDescription? Media { get; init; }

    /// <summary>The number of its newest review; 0 when there is none.</summary>
    public required int Revision { get; init; }

    /// <summary>The insight with all reviews; null when there is none.</summary>
    public JsonElement? Reviewed { get; init; }
}
