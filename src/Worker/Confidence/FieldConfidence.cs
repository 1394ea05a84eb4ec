using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Calibrations;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Worker.Confidence;

/// <summary>Gives the fields of new insights their probabilities, where their task and model are calibrated.</summary>
internal sealed partial class FieldConfidence(
    CalibrationLedger calibrations, BundledCalibrations bundled, IOptions<ConfidenceOptions> options, TimeProvider time,
    ILogger<FieldConfidence> logger)
{
    /// <summary>Another process may calibrate; that a few insights more are without a probability is no loss.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(TaskReference Task, string Model), Known> _known = new();
    private int _hasSaid;

    /// <summary>Whether pages with doubtful fields are read again.</summary>
    public bool ReadsAgain => options.Value.SecondReading == SecondReadingMode.Doubtful;

    /// <summary>
    /// Whether an insight has a doubtful field: by its probability, or while it is not calibrated by its least sure token. Without either,
    /// everything is doubtful.
    /// </summary>
    public async Task<bool> IsDoubtfulAsync(TaskReference task, StageOutcome.Completed completed, CancellationToken cancellationToken)
    {
        var fields = (await AddAsync(task, completed, cancellationToken)).Fields;
        var sure = fields.Select(field => field.Probability ?? field.Signals?.LeastProbability).ToList();
        return fields.Count > 0 && (sure.TrueForAll(one => one is null) || sure.Exists(one => one < options.Value.DoubtfulBelow));
    }

    /// <summary>Adds probability, band and calibration to each field of a completed segment. Other outcomes stay.</summary>
    public async Task<StageOutcome> AddAsync(TaskReference task, StageOutcome outcome, CancellationToken cancellationToken) =>
        outcome is StageOutcome.Completed completed ? await AddAsync(task, completed, cancellationToken) : outcome;

    private async Task<StageOutcome.Completed> AddAsync(
        TaskReference task, StageOutcome.Completed completed, CancellationToken cancellationToken)
    {
        if (completed.Fields.Count == 0 || options.Value.Mode != ConfidenceMode.Calibrated) return completed;
        var known = await FindAsync(task, completed.Model, cancellationToken);
        return known.Curve is { } curve
            ? completed with { Fields = Apply(curve, known.Name!, completed.Insight, completed.Fields) }
            : completed;
    }

    /// <summary>
    /// The fields of an insight with the probabilities that a curve gives them. A field whose kind it does not know has none.
    /// </summary>
    /// <param name="curve">The curve.</param>
    /// <param name="name">The calibration's name.</param>
    /// <param name="insight">The insight.</param>
    /// <param name="fields">All its fields.</param>
    public static IReadOnlyList<InsightField> Apply(
        ConfidenceCurve curve, string name, JsonElement insight, IReadOnlyList<InsightField> fields)
    {
        var observed = FieldObservation.Of(insight, fields).ToDictionary(field => field.Pointer, StringComparer.Ordinal);
        return [.. fields.Select(field => observed.TryGetValue(field.Pointer, out var own) && curve.Probability(own) is { } probability
            ? field with { Probability = probability, Band = curve.Band(probability), Calibration = name }
            : field with { Probability = null, Band = null, Calibration = null })];
    }

    private async Task<Known> FindAsync(TaskReference task, string model, CancellationToken cancellationToken)
    {
        var key = (task, model);
        if (_known.TryGetValue(key, out var known) && time.GetElapsedTime(known.At) < Fresh) return known;
        SayOnce();
        var at = time.GetTimestamp();
        var stored = await calibrations.FindAsync(task, model, cancellationToken) ?? bundled.Find(task, model);
        if (stored is null && options.Value.AllowStale)
            stored = await calibrations.FindStaleAsync(task.Name, model.Split('@')[0], cancellationToken);
        known = new(at, stored?.Name, stored is null ? null : Read(stored));
        _known[key] = known;
        return known;
    }

    private void SayOnce()
    {
        if (bundled.Problem is { } problem && Interlocked.Exchange(ref _hasSaid, 1) == 0) Log.BundledUnreadable(logger, problem);
    }

    private ConfidenceCurve? Read(StoredCalibration stored)
    {
        try
        {
            var curve = CalibrationRecord.Read(stored).Curve;
            if (curve.Features.SequenceEqual(FieldObservation.Names)) return curve;
            Log.Outdated(logger, stored.Name);
        }
        catch (JsonException unreadable)
        {
            Log.Unreadable(logger, unreadable, stored.Name);
        }

        return null;
    }

    private sealed record Known(long At, string? Name, ConfidenceCurve? Curve);

    private static partial class Log
    {
        [LoggerMessage(
            160,
            LogLevel.Warning,
            "The calibration {Calibration} rests on other signals than this version has: fields stay without a probability until "
                + "'qwen35batch eval <folder> --calibrate' is run again.")]
        public static partial void Outdated(ILogger logger, string calibration);

        [LoggerMessage(
            161,
            LogLevel.Warning,
            "The calibration {Calibration} cannot be read: fields stay without a probability until 'qwen35batch eval <folder> --calibrate' "
                + "is run again.")]
        public static partial void Unreadable(ILogger logger, Exception exception, string calibration);

        [LoggerMessage(162, LogLevel.Warning, "{Problem}")]
        public static partial void BundledUnreadable(ILogger logger, string problem);
    }
}
