using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Tests.Stages;

public sealed class IsolationGateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_suspect_waits_until_everybody_has_left()
    {
        var gate = new IsolationGate();
        await gate.EnterAsync(Cancellation);
        gate.EnterAgain();

        Assert.True(gate.TryReserve());
        var alone = gate.WaitUntilAloneAsync(Cancellation);
        gate.Leave();
        Assert.False(alone.IsCompleted);
        gate.Leave();

        await alone;
    }

    [Fact]
    public async Task Nobody_enters_while_a_suspect_waits_or_runs()
    {
        var gate = new IsolationGate();
        Assert.True(gate.TryReserve());

        var entering = gate.EnterAsync(Cancellation);
        Assert.False(entering.IsCompleted);
        gate.Free();

        await entering;
    }

    [Fact]
    public void There_is_one_suspect_at_a_time()
    {
        var gate = new IsolationGate();

        Assert.True(gate.TryReserve());
        Assert.False(gate.TryReserve());
        gate.Free();
        Assert.True(gate.TryReserve());
    }

    [Fact]
    public async Task Waiting_at_a_closed_gate_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var gate = new IsolationGate();
        gate.TryReserve();

        var entering = gate.EnterAsync(stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => entering);
    }
}
