namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>One worker on RabbitMQ and PostgreSQL for all tests that leave it running.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private ServerRoom? _room;
    private ServingWorker? _worker;
    private string? _skipReason;

    public async ValueTask InitializeAsync()
    {
        _skipReason = await ServerRoom.SkipReasonAsync();
        if (_skipReason is not null) return;
        _room = await ServerRoom.OpenAsync();
        _worker = await _room.StartWorkerAsync(null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
        if (_room is not null) await _room.DisposeAsync();
    }

    /// <summary>Room and worker; skips the test when there is no server.</summary>
    internal (ServerRoom Room, ServingWorker Worker) Use()
    {
        Assert.SkipWhen(_skipReason is not null, _skipReason ?? "");
        return (_room!, _worker!);
    }
}
