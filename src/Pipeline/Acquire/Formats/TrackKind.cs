namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>What a track of a video or sound file holds.</summary>
internal enum TrackKind
{
    /// <summary>Moving pictures.</summary>
    Picture,

    /// <summary>Sound.</summary>
    Sound,

    /// <summary>Subtitles as text.</summary>
    Text,
}
