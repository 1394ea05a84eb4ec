using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Qwen35Batch.Worker.Signals;

/// <summary>
/// Counts SIGINT and SIGTERM. The first is the host's and begins the shutdown, the second cuts its drain short, the third ends the process
/// at once; the ledger recovers from that as from any crash.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    /// <summary>Cancelled at the second signal.</summary>
    public CancellationToken Hurry => _hurry.Token;

    public void Listen()
    {
        if (_registrations.Count > 0) return;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive));
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _hurry.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        var count = Interlocked.Increment(ref _count);
        if (count == 2) _hurry.Cancel();
        if (count < 3) return;

        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
