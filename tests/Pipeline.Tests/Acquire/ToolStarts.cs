using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Qwen35Batch.Pipeline.Tests.Acquire;

/// <summary>Remembers which tools were started, and on what they work, from the log of <c>ToolRunner</c>.</summary>
internal sealed class ToolStarts : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(string Tool, string Subject)> _all = new();

    /// <summary>What a tool was started on, in the order of its starts.</summary>
    public IReadOnlyList<string> Of(string tool) => [.. _all.Where(each => each.Tool == tool).Select(each => each.Subject)];

    public void Clear() => _all.Clear();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name != "Starts" || state is not IReadOnlyList<KeyValuePair<string, object?>> values) return;
        var named = values.ToDictionary(value => value.Key, value => value.Value?.ToString());
        if (named.GetValueOrDefault("Tool") is { } tool && named.GetValueOrDefault("Subject") is { } subject)
            _all.Enqueue((tool, subject));
    }

    public void Dispose()
    {
    }
}
