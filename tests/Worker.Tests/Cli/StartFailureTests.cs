using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Worker.Commands;

namespace Qwen35Batch.Worker.Tests.Cli;

public sealed class StartFailureTests
{
    [Fact]
    public void A_command_that_was_stopped_says_so_in_a_sentence() =>
        Assert.Equal(["Stopped before it was done."], StartFailure.Explain(new OperationCanceledException()));

    [Fact]
    public void A_gpu_that_is_lost_in_a_command_is_told_in_a_sentence() =>
        Assert.Equal(
            ["The GPU is lost: all is dark"],
            StartFailure.Explain(new DeviceLostException("The GPU is lost: all is dark", new InvalidOperationException("dark"))));
}
