namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>Where the next word of a line is, on the page as it is shown.</summary>
internal enum ReadingDirection
{
    /// <summary>To the right.</summary>
    Right,

    /// <summary>Below: vertical writing, or a page that is turned clockwise.</summary>
    Down,

    /// <summary>To the left: a page that stands on its head.</summary>
    Left,

    /// <summary>Above: a page or a stamp that is turned counter-clockwise.</summary>
    Up,
}
