using Microsoft.Extensions.Logging;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Decoding.States;

namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// The states after the prompts' shared prefixes, kept up to a number of bytes. They only save work: a failure here costs nothing but time.
/// </summary>
internal sealed partial class PrefixSnapshots(ISequenceModel model, long budget, EngineMetrics metrics, StepTimes times, ILogger logger)
    : IDisposable
{
    private readonly ByteBudgetCache<TokenPrefix, ISequenceSnapshot> _snapshots = new(budget, snapshot => snapshot.Dispose());
    private int _tooLong = int.MaxValue;

    public bool IsKnown(TokenPrefix prefix) => _snapshots.Contains(prefix);

    /// <summary>Whether the state after this prefix is to be saved when it is reached.</summary>
    public bool IsWanted(TokenPrefix prefix) => budget > 0 && prefix.Length < _tooLong && !_snapshots.Contains(prefix);

    /// <summary>Puts the state after the sequence's prefix into its slot, if it is at hand.</summary>
    public void Restore(Sequence sequence)
    {
        if (sequence.Prefix is not { } prefix || budget == 0)
        {
            return;
        }

        if (!_snapshots.TryGet(prefix, out var snapshot))
        {
            metrics.PrefixMissed();
            return;
        }

        var start = times.Now;
        try
        {
            model.Restore(snapshot, sequence.Slot);
            sequence.Restored();
            metrics.PrefixHit(prefix.Length);
        }
        catch (Exception error)
        {
            Log.RestoreFailed(logger, error, prefix.Length);
        }

        times.AddCopy(start);
    }

    /// <summary>Keeps the state of a sequence that has just been fed its prefix.</summary>
    public void Save(Sequence sequence)
    {
        var start = times.Now;
        try
        {
            var snapshot = model.Save(sequence.Slot, sequence.Past);
            if (snapshot.Bytes > budget)
            {
                // The size follows from the length: none of this length or a greater one is made again.
                _tooLong = sequence.Past;
                Log.TooLarge(logger, sequence.Past, snapshot.Bytes, budget);
            }

            _snapshots.Add(sequence.Prefix!.Detach(), snapshot, snapshot.Bytes);
        }
        catch (Exception error)
        {
            Log.SaveFailed(logger, error, sequence.Past);
        }

        times.AddCopy(start);
    }

    public void Dispose() => _snapshots.Clear();

    private static partial class Log
    {
        [LoggerMessage(
            2101, LogLevel.Warning, "The state of a prefix of {Tokens} tokens could not be restored; the prefix is computed again.")]
        public static partial void RestoreFailed(ILogger logger, Exception error, int tokens);

        [LoggerMessage(
            2103,
            LogLevel.Warning,
            "The state of a prefix of {Tokens} tokens has {Bytes} bytes and Engine:PrefixCacheBytes is {Budget}: prefixes of that length "
                + "are computed for every request. A larger value saves that.")]
        public static partial void TooLarge(ILogger logger, int tokens, long bytes, long budget);

        [LoggerMessage(
            2102, LogLevel.Warning, "The state of a prefix of {Tokens} tokens could not be kept; the next request computes it again.")]
        public static partial void SaveFailed(ILogger logger, Exception error, int tokens);
    }
}
