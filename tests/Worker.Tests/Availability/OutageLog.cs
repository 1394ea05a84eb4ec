using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Tests.Availability;

/// <summary>What is logged about the ledger.</summary>
internal sealed class OutageLog : ILogger<LedgerWatch>
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
}
