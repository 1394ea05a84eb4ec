using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Health;

/// <summary>
/// The ledger in numbers, and what work waits for, as gauges. To count a ledger of many millions takes seconds or minutes: it is counted
/// beside the work, and left alone after that for twenty times as long. All gauges are there from the start, with 0.
/// </summary>
internal sealed partial class LedgerGauges : BackgroundService
{
    private const int RestPerRead = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly ReadingLedger _ledger;
    private readonly HealthMonitor _health;
    private readonly WorkerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<LedgerGauges> _logger;
    private LedgerCounts? _counts;
    private (long Jobs, long Segments) _putOff;

    public LedgerGauges(
        IMeterFactory meters, ReadingLedger ledger, HealthMonitor health, WorkerMetrics metrics, TimeProvider time,
        ILogger<LedgerGauges> logger)
    {
        (_ledger, _health, _metrics, _time, _logger) = (ledger, health, metrics, time, logger);
        var meter = meters.Create(WorkerMetrics.MeterName);
        meter.CreateObservableGauge("qwen35batch.jobs", () => By("state", _counts?.Jobs), "{job}", "Jobs of the ledger by state.");
        meter.CreateObservableGauge(
            "qwen35batch.segments", () => By("state", _counts?.Segments), "{segment}", "Segments of the ledger by state.");
        meter.CreateObservableGauge(
            "qwen35batch.failures", Failures, "{row}", "Jobs and segments of the ledger without an insight, by reason.");
        meter.CreateObservableGauge(
            "qwen35batch.waiting.oldest", () => _counts?.OldestWaiting?.TotalSeconds ?? 0, "s",
            "How long the oldest job or segment that could be worked on has been waiting.");
        meter.CreateObservableGauge(
            "qwen35batch.put.off", PutOff, "{row}", "Jobs (Plan) and segments (Analyse) that wait for another attempt.");
        meter.CreateObservableGauge(
            "qwen35batch.events.waiting", () => _counts?.UnsentEvents ?? 0, "{event}", "Events that were not published yet.");
        meter.CreateObservableGauge(
            "qwen35batch.ready", Parts, "{part}",
            "1 for what jobs need and is there, 0 for what is waited for: ledger, bus, engine, tools.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            _metrics.KeepPresent();
            var startedAt = _time.GetTimestamp();
            try
            {
                _putOff = await _ledger.CountPutOffAsync(stoppingToken);
                _counts = await _ledger.CountsAsync(Window, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                throw;
            }
            catch (LedgerUnavailableException)
            {
                // The gauge of what is ready says so; these keep their last values.
            }
            catch (Exception fault)
            {
                Log.NotCounted(_logger, fault);
            }

            var rest = _time.GetElapsedTime(startedAt) * RestPerRead;
            await Task.Delay(rest > Interval ? rest : Interval, _time, stoppingToken);
        }
    }

    private static IEnumerable<Measurement<long>> By<T>(string tag, IReadOnlyDictionary<T, long>? counts)
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(value => new Measurement<long>(
            counts?.GetValueOrDefault(value) ?? 0, new KeyValuePair<string, object?>(tag, Spelling.Of(value))));

    private IEnumerable<Measurement<long>> Failures() =>
        Enum.GetValues<RejectionReason>().Cast<RejectionReason?>().Append(null).Select(reason => new Measurement<long>(
            _counts?.Failures.FirstOrDefault(failure => failure.Reason == reason)?.Count ?? 0,
            new KeyValuePair<string, object?>("reason", reason is { } known ? Spelling.Of(known) : "quarantined")));

    private IEnumerable<Measurement<long>> PutOff()
    {
        var (jobs, segments) = _putOff;
        yield return new(jobs, new KeyValuePair<string, object?>("stage", "Plan"));
        yield return new(segments, new KeyValuePair<string, object?>("stage", "Analyse"));
    }

    private IEnumerable<Measurement<int>> Parts() => _health.Read().Checks.Select(part => new Measurement<int>(
        part.Value.Status == HealthStatus.Healthy ? 1 : 0, new KeyValuePair<string, object?>("part", part.Key)));

    private static partial class Log
    {
        [LoggerMessage(410, LogLevel.Error, "The ledger could not be counted by a fault of this program.")]
        public static partial void NotCounted(ILogger logger, Exception exception);
    }
}
