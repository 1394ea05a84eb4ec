namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>How pictures are compressed for an endpoint.</summary>
public enum PictureFormat
{
    /// <summary>
    /// Pages of documents and everything to a server on this machine as <see cref="Png"/>; other pictures as <see cref="Jpeg"/>.
    /// </summary>
    Auto,

    /// <summary>Exactly the pixels, at the size that the model keeps.</summary>
    Png,

    /// <summary>A quarter of the bytes or less, for a slow line; nearly the same pixels.</summary>
    Jpeg,
}
