namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>
/// The size at which Qwen3.5's processor keeps a picture: sides that are multiples of 32, a patch of 16 pixels merged two by two. A picture
/// of another size is resized by the server, once more than needed.
/// </summary>
internal static class ProcessorSize
{
    private const int Side = 32;

    public static (int Width, int Height) Kept(int width, int height) => (Kept(width), Kept(height));

    // As the processor does: halves to the even multiple.
    private static int Kept(int side) => Math.Max(Side, (int)Math.Round(side / (double)Side) * Side);
}
