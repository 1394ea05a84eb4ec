using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Kernels.Interop;
using Qwen35Batch.Inference.Kernels.Operators;

namespace Qwen35Batch.Inference.Tests.Kernels;

/// <summary>How operators live with sessions and fail. The test's own operators stand in for the product's, under their name.</summary>
public sealed unsafe class CpuOperatorsTests
{
    private static readonly (TensorElementType, Array, long[])[] OneValue = [(TensorElementType.Float, new float[1], [1])];

    [Fact]
    public void An_error_in_a_computation_fails_the_run_and_not_the_process()
    {
        using var session = Open(_ => new TestKernel(_ => throw new InvalidOperationException("No such luck.")));

        Assert.Contains(
            "No such luck.", Assert.Throws<OnnxRuntimeException>(() => session.Run(OneValue)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_on_a_thread_of_ONNX_Runtime_fails_the_run_when_all_work_has_ended()
    {
        var done = 0;
        using var session = Open(_ => new TestKernel(context =>
        {
            context.ParallelFor(100, index =>
            {
                Interlocked.Increment(ref done);
                if (index == 37)
                {
                    throw new InvalidOperationException("Number 37.");
                }
            });
        }));

        Assert.Contains("Number 37.", Assert.Throws<OnnxRuntimeException>(() => session.Run(OneValue)).Message, StringComparison.Ordinal);
        Assert.Equal(100, done);
    }

    [Fact]
    public void An_error_when_a_kernel_is_made_fails_the_session() =>
        Assert.Contains(
            "Not this one.",
            Assert.Throws<OnnxRuntimeException>(() => Open(_ => throw new InvalidOperationException("Not this one."))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_attribute_that_is_missing_fails_the_session() =>
        Assert.Throws<OnnxRuntimeException>(
            () => Open(node => node.Integer("missing\0"u8) > 0 ? throw new InvalidOperationException() : new TestKernel(_ => { })));

    [Fact]
    public void Work_is_shared_among_the_sessions_threads()
    {
        using var both = new Barrier(2);
        using var session = Open(_ => new TestKernel(context =>
        {
            context.Output(1);
            context.ParallelFor(2, _ => Assert.True(both.SignalAndWait(TimeSpan.FromMinutes(5))));
        }));

        Assert.Single(session.Run(OneValue));
    }

    [Fact]
    public void Kernels_go_with_their_session()
    {
        var kernels = new List<WeakReference>();
        for (var i = 0; i < 20; i++)
        {
            using var session = Open(_ =>
            {
                var kernel = new TestKernel(context => context.Output(1));
                kernels.Add(new WeakReference(kernel));
                return kernel;
            });
            session.Run(OneValue);
            Assert.True(kernels[i].IsAlive);
        }

        GC.Collect();
        Assert.Equal(20, kernels.Count);
        Assert.DoesNotContain(kernels, kernel => kernel.IsAlive);
    }

    [Fact]
    public void Sessions_run_side_by_side()
    {
        var weight = new PackedPanels(new Random(2), TensorElementType.BFloat16, 64, 300);
        (TensorElementType, Array, long[])[] inputs =
        [
            (TensorElementType.Float, Enumerable.Range(0, 9000).Select(i => i % 13 / 7f).ToArray(), [30, 300]),
            (weight.Type, weight.Panels(), [2, 300, 32])
        ];
        using var first = MatMul();
        using var second = MatMul();
        var expected = first.Run(inputs);

        var runs = new float[8][];
        Parallel.For(
            0,
            runs.Length,
            new ParallelOptions { MaxDegreeOfParallelism = runs.Length },
            i => runs[i] = (i % 2 == 0 ? first : second).Run(inputs));

        Assert.All(runs, run => Assert.Equal(expected, run));

        static OperatorSession MatMul() =>
            new(CpuOperators.MatMul, [(TensorElementType.Float, 2), (TensorElementType.BFloat16, 3)], [("columns", 64)]);
    }

    private static OperatorSession Open(Func<KernelAttributes, ICpuKernel> create)
    {
        var operation = new CpuOperator(CpuOperators.MatMul, [TensorElementType.Float], 0, create);
        return new OperatorSession(
            CpuOperators.MatMul, [(TensorElementType.Float, 1)], [], 2, CpuOperators.CreateDomain(CpuOperators.Domain, [operation]));
    }

    private sealed class TestKernel(Action<KernelContext> compute) : ICpuKernel
    {
        public void Compute(KernelContext context) => compute(context);
    }
}
