using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Decoding;

public sealed class MissingOperatorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_operator_that_the_library_lacks_is_named_with_what_to_do()
    {
        var error = Assert.Throws<ExecutionProviderException>(() => Load("Teleport"));

        Assert.Contains("needs the operator Teleport", error.Message, StringComparison.Ordinal);
        Assert.Contains("lacks. Name a newer library with Engine:RuntimeLibrary", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_attribute_that_the_library_lacks_is_named()
    {
        var error = Assert.Throws<ExecutionProviderException>(() => Load("Relu", ("speed", 3)));

        Assert.Contains("needs the attribute speed of the operator Relu", error.Message, StringComparison.Ordinal);
    }

    private void Load(string type, params (string Name, object Value)[] attributes)
    {
        var file = Path.Combine(_folder.FolderPath, "graph.onnx");
        var graph = new OnnxGraph("graph");
        graph.Input("x", OnnxType.Float, 1);
        graph.Add("y", type, ["x"], attributes);
        graph.Output("y", OnnxType.Float, 1);
        graph.Save(file);
        OnnxSessions.Load(file, new ExecutionProviderOptions()).Dispose();
    }
}
