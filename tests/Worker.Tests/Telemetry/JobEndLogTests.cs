using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Worker.Stages;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Telemetry;

/// <summary>What an operator reads at Information: the end of each job, and what is waited for.</summary>
public sealed class JobEndLogTests
{
    [Fact]
    public async Task Each_job_ends_with_one_line_and_nothing_is_said_of_copies()
    {
        var lines = new ConcurrentQueue<string>();
        await using var worker = await TestWorker.StartAsync(
            null, null, services => services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(new Recorder(lines))));
        var done = worker.Job("done.txt");
        var gone = worker.Job("gone.txt");
        File.Delete(gone.Source);
        await worker.SubmitAsync(done);
        await worker.SubmitAsync(gone);

        await TestWorker.WaitAsync(() => lines.Count(line => line.Contains(" ended: ", StringComparison.Ordinal)) == 2);

        Assert.Single(lines, line => line.StartsWith($"Job {done.JobId} ended: completed; 1 of 1 segments, ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith($"Job {gone.JobId} ended: rejected (sourceNotFound). ", StringComparison.Ordinal)
            && line.Contains(gone.Source, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("Stored ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_waited_for_is_said_once_and_again_after_a_while()
    {
        var time = new FakeTimeProvider();
        var notes = new WaitNotes(time);

        Assert.Equal(
            [true, false, true],
            [notes.IsNew("The disk is full."), notes.IsNew("The disk is full."), notes.IsNew("The server is away.")]);
        time.Advance(WaitNotes.Again);
        Assert.True(notes.IsNew("The disk is full."));
    }

    /// <summary>Keeps lines of Information and above.</summary>
    private sealed class Recorder(ConcurrentQueue<string> lines) : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lines.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
