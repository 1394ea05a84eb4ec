using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Kernels.Interop;

namespace Qwen35Batch.Inference.Kernels.Operators;

/// <summary>The operators of this project, which a graph of <see cref="Models.GraphKind.Cpu"/> is made of.</summary>
internal static unsafe class CpuOperators
{
    public const string Domain = "qwen35batch";

    /// <summary>
    /// <c>x [.., in] * weight^T + bias</c>. Inputs: x, the weight's panels <c>[panels, in, 32]</c>, optionally the bias <c>[out]</c>.
    /// Attribute: <c>columns</c>, the outputs.
    /// </summary>
    public const string MatMul = "PanelMatMul";

    /// <summary>
    /// Routed experts and the shared one: <c>down(silu(gate(x)) * up(x))</c> of the <c>k</c> best experts by their softmax (which sums to
    /// one over those k), plus the shared expert's by the sigmoid of its score. Inputs: x <c>[n, hidden]</c>; scores <c>[n, experts +
    /// 1]</c>, the shared expert's last; gates and factors <c>[experts, panels of 16 + 16, hidden, 32]</c>; down <c>[panels, experts,
    /// width, 32]</c>; the shared expert's <c>[panels of 16 + 16, hidden, 32]</c> and <c>[panels, shared width, 32]</c>. Attribute:
    /// <c>k</c>.
    /// </summary>
    public const string Experts = "PanelExperts";

    /// <summary>Made with the first session, for all of the process.</summary>
    private static readonly Lazy<nint> Library = new(() => CreateDomain(Domain, Operators));

    private static IReadOnlyList<CpuOperator> Operators =>
    [
        new CpuOperator(
            MatMul, [TensorElementType.Float, null, TensorElementType.Float], 1, node => new MatMulKernel(node.Integer("columns\0"u8))),
        new CpuOperator(
            Experts,
            [TensorElementType.Float, TensorElementType.Float, null, null, null, null],
            0,
            node => new ExpertsKernel(node.Integer("k\0"u8))),
    ];

    public static bool Has(string operation) => operation is MatMul or Experts;

    /// <summary>Lets a session use the operators.</summary>
    public static void Register(SessionOptions options) => Register(options, Library.Value);

    /// <summary>Lets a session use a set of operators.</summary>
    public static void Register(SessionOptions options, nint domain)
    {
        OrtFunctions.AddDomain(options.DangerousGetHandle(), domain);
        GC.KeepAlive(options);
    }

    /// <summary>Makes a set of operators; it is never freed.</summary>
    public static nint CreateDomain(string name, IEnumerable<CpuOperator> operators)
    {
        var domain = OrtFunctions.CreateDomain(OperatorCallbacks.Text(name));
        foreach (var operation in operators)
        {
            OrtFunctions.AddOperator(domain, OperatorCallbacks.Describe(operation));
        }

        return domain;
    }
}
