using System.Text.Json;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Tokenization;

internal static class TestFiles
{
    private static readonly Lazy<Qwen35Tokenizer> SharedTokenizer = new(() => Qwen35Tokenizer.Load(Path("tiny-moe")));

    public static Qwen35Tokenizer Tokenizer => SharedTokenizer.Value;

    public static string Path(params string[] parts) => System.IO.Path.Combine([AppContext.BaseDirectory, "Data", .. parts]);

    public static JsonElement Json(params string[] parts)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path(parts)));
        return document.RootElement.Clone();
    }
}
