using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Decoding.Operators;
using Qwen35Batch.Inference.Models;
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

    [Fact]
    public void An_operator_that_the_library_has_for_other_types_only_is_named_with_its_node()
    {
        // Not even addition is there for these on the CPU.
        var file = Path.Combine(_folder.FolderPath, "graph.onnx");
        var graph = new OnnxGraph("graph");
        graph.Input("x", OnnxType.BFloat16, 1);
        graph.Add("y", "Add", ["x", "x"]);
        graph.Output("y", OnnxType.BFloat16, 1);
        graph.Save(file);

        var error = Assert.Throws<ExecutionProviderException>(() => OnnxSessions.Load(file, new ExecutionProviderOptions()));

        Assert.Contains("needs the operator Add of version 14 for the types of its node y", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_a_library_lacks_is_named_before_a_graph_is_loaded()
    {
        // Weights that are not there would end a load.
        var graph = Graph("Teleport");
        graph.Add("z", "Relu", ["y"], ("speed", 3));
        graph.Add("u", "MatMulNBits", ["z", "z", "z"], ("warp", 1));
        graph.External("w", OnnxType.Float, [1 << 30], new ExternalTensor("nowhere.data", 0, 4L << 30));
        graph.Add("v", "Add", ["u", "w"]);
        graph.Add("n", "Sigmoid", ["v"]);
        graph.Save(Path.Combine(_folder.FolderPath, "text.onnx"));

        var error = Assert.Throws<ExecutionProviderException>(() => OperatorProbe.Check(_folder.FolderPath));

        Assert.Contains(
            "text.onnx needs the attribute speed of the operator Relu, the attribute warp of the operator MatMulNBits and the operator "
                + "Teleport of version 21, which ONNX Runtime ",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GraphKind.Cpu)]
    [InlineData(GraphKind.Fused)]
    [InlineData(GraphKind.Portable)]
    [InlineData(GraphKind.Gpu)]
    public async Task Of_the_graphs_that_are_written_nothing_is_missing(GraphKind kind)
    {
        var target = Path.Combine(_folder.FolderPath, "model");
        await ModelConverter.ConvertAsync(
            TestData.Folder("tiny-moe"), target, new() { Graph = kind }, null, TestContext.Current.CancellationToken);

        OperatorProbe.Check(target);

        var operators = GraphFile.Read(Path.Combine(target, "text.onnx"));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", operators.Keys.Select(use => $"{use.Name}{use.Version}")));
        Assert.Contains(operators.Keys, use => use is { Name: "MatMul" or "Gemm" or "qwen35batch:PanelMatMul" });
        Assert.Equal(kind == GraphKind.Portable, operators.Keys.All(use => use.Domain.Length == 0));
    }

    [Fact]
    public void An_operator_in_the_body_of_a_node_is_found()
    {
        var body = new OnnxGraph("body", isBody: true);
        body.Input("a");
        body.Output(body.Add("b", "Teleport", ["a"]));
        var graph = Graph("Relu");
        graph.Add("s", "Scan", ["y"], ("num_scan_inputs", 1), ("body", body));
        graph.Save(Path.Combine(_folder.FolderPath, "text.onnx"));

        var error = Assert.Throws<ExecutionProviderException>(() => OperatorProbe.Check(_folder.FolderPath));

        Assert.Contains("needs the operator Teleport of version 21, which", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_graph_is_left_to_its_session()
    {
        File.WriteAllText(Path.Combine(_folder.FolderPath, "text.onnx"), "no graph");

        OperatorProbe.Check(_folder.FolderPath);
    }

    private static OnnxGraph Graph(string type, params (string Name, object Value)[] attributes)
    {
        var graph = new OnnxGraph("graph");
        graph.Input("x", OnnxType.Float, 1);
        graph.Add("y", type, ["x"], attributes);
        graph.Output("y", OnnxType.Float, 1);
        return graph;
    }

    private void Load(string type, params (string Name, object Value)[] attributes)
    {
        var file = Path.Combine(_folder.FolderPath, "graph.onnx");
        Graph(type, attributes).Save(file);
        OnnxSessions.Load(file, new ExecutionProviderOptions()).Dispose();
    }
}
