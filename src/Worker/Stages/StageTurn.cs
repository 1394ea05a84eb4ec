namespace Qwen35Batch.Worker.Stages;

/// <summary>What a row is given that is begun outside of its stage's own claims.</summary>
internal enum StageTurn
{
    /// <summary>Nothing: it is for the stage to claim.</summary>
    None,

    /// <summary>A place.</summary>
    Place,

    /// <summary>A turn to wait for a place, soon.</summary>
    Wait,
}
