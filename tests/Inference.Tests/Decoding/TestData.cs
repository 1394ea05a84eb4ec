namespace Qwen35Batch.Inference.Tests.Decoding;

/// <summary>Checkpoints with random weights, and what the reference implementation computes with them.</summary>
internal static class TestData
{
    public static string Folder(string checkpoint) => Path.Combine(AppContext.BaseDirectory, "Data", checkpoint);

    public static string Cases(string checkpoint) => Path.Combine(Folder(checkpoint), "cases");
}
