using MassTransit;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>
/// Stops receiving while the ledger is away for long: messages then wait in their queue, where the broker counts no deliveries, for as long
/// as it takes. A fault that only the storing of messages meets does not show when the ledger is asked how it is, and each attempt costs a
/// delivery: without a message stored in between, each closing lasts twice as long as the one before, up to a day.
/// </summary>
internal sealed partial class SubmitGate(
    LedgerWatch ledger, LedgerProbe probe, IOptions<BusOptions> options, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<SubmitGate> logger) : IReceiveEndpointObserver
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private TimeSpan _rest;
    private TaskCompletionSource _closed = New();
    private IReceiveEndpoint? _endpoint;

    /// <summary>Whether messages that are held are to go back now.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock) return _closed.Task.IsCompleted;
        }
    }

    /// <summary>Stops receiving until the ledger can be used.</summary>
    /// <param name="fault">What was met; null while the ledger was never there.</param>
    public void Close(LedgerUnavailableException? fault)
    {
        lock (_lock)
        {
            if (_endpoint is not { } endpoint || !_closed.TrySetResult()) return;
            // From here on, so that the outage does not seem to end with the message that met it.
            var wait = ledger.Enter();
            if (fault is not null) wait.Failed(fault);
            _ = Task.Run(() => StayClosedAsync(endpoint, wait, lifetime.ApplicationStopping), CancellationToken.None);
        }
    }

    /// <summary>A message was stored: the next closing is a first one.</summary>
    public void Stored()
    {
        lock (_lock) _rest = TimeSpan.Zero;
    }

    /// <summary>Returns after a pause, or when the gate is closed.</summary>
    public async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        Task closed;
        lock (_lock) closed = _closed.Task;
        await closed.WaitAsync(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public Task Ready(ReceiveEndpointReady ready)
    {
        lock (_lock) _endpoint = ready.ReceiveEndpoint;
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    private async Task StayClosedAsync(IReceiveEndpoint endpoint, LedgerWait wait, CancellationToken hostStops)
    {
        using var until = wait;
        try
        {
            Log.Closed(logger);
            await endpoint.Stop(hostStops);
            await AnswersAsync(wait, hostStops);
            await ledger.WaitAsync(hostStops);
            await Task.Delay(NextRest(), time, hostStops);
            lock (_lock) _closed = New();
            endpoint.Start(hostStops);
            Log.Opened(logger);
        }
        catch (OperationCanceledException) when (hostStops.IsCancellationRequested)
        {
            // The bus stops with the host.
        }
        catch (Exception exception)
        {
            // Without its queue the worker would look like one without work: the process ends, and its supervisor starts it again.
            Log.Stuck(logger, exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task AnswersAsync(LedgerWait wait, CancellationToken hostStops)
    {
        var backOff = new BackOff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
        while (true)
        {
            try
            {
                await probe.CheckAsync(hostStops);
                wait.Answered();
                return;
            }
            catch (LedgerUnavailableException fault)
            {
                wait.Failed(fault);
            }

            await Task.Delay(backOff.Next(), time, hostStops);
        }
    }

    // None at first: what was away is back.
    private TimeSpan NextRest()
    {
        lock (_lock)
        {
            var rest = _rest;
            _rest = rest == TimeSpan.Zero ? options.Value.OutageHold : TimeSpan.FromTicks(Math.Min(2 * rest.Ticks, Longest.Ticks));
            return rest;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(210, LogLevel.Information, "Messages are left in their queue until the ledger can be used.")]
        public static partial void Closed(ILogger logger);

        [LoggerMessage(211, LogLevel.Information, "Messages are received again.")]
        public static partial void Opened(ILogger logger);

        [LoggerMessage(212, LogLevel.Critical, "Receiving messages could not be stopped or begun again; the worker stops.")]
        public static partial void Stuck(ILogger logger, Exception exception);
    }
}
