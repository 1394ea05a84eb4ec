using System.Collections.Concurrent;
using System.Diagnostics;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// Claims rows up to the free capacity, works on each, and records what came of it. A ledger that is away pauses the claiming; results
/// are kept, however long it takes, and recorded when it is back, unless another worker has taken them over then.
/// </summary>
internal sealed partial class StageLoop<TClaim>(IStage<TClaim> stage, StageContext context, ILogger<StageLoop<TClaim>> logger) : IDisposable
    where TClaim : class, IClaim
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often an outcome that the ledger refuses, while it answers, is offered again before the row's failure is recorded instead.
    /// </summary>
    private const int RefusalsBeforeGivingUp = 5;

    private readonly LedgerWait _claims = context.Ledger.Enter();
    private readonly CancellationTokenSource _abort = new();
    private readonly ConcurrentDictionary<Lease, byte> _unfinished = new();
    // Changed by the claiming loop alone; locked because a drain may begin while a claim still hangs.
    private readonly List<Task> _running = [];
    private readonly WaitNotes _waitNotes = new(context.Time);
    private readonly StagePlaces _places = new(() => stage.Concurrency, context.Time);
    private bool _lastRanAlone;
    private CancellationToken? _stopClaiming;

    /// <summary>Claims and works until the token is cancelled; what runs then goes on: see <see cref="DrainAsync"/>.</summary>
    public async Task RunAsync(CancellationToken stopClaiming)
    {
        var backOff = new BackOff(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));
        var size = new ClaimSize(_places, stage.ClaimsAhead, context.Time);
        _stopClaiming = stopClaiming;
        try
        {
            while (true)
            {
                lock (_running) _running.RemoveAll(work => work.IsCompleted);
                var wanted = size.Wanted;
                if (wanted <= 0)
                {
                    // Whether the ledger is there is for the work to say.
                    _claims.Answered();
                    await _places.Freed.WaitAsync(Timeout.InfiniteTimeSpan, stopClaiming);
                    continue;
                }

                if (size.WaitBefore(stage.Concurrency) is var pauseBefore && pauseBefore > TimeSpan.Zero)
                {
                    await _places.Freed.WaitAsync(pauseBefore, stopClaiming);
                    continue;
                }

                var places = stage.WaitForPlacesAsync(wanted, stopClaiming);
                if (!places.IsCompleted) _claims.Answered();
                var pause = await ClaimAndStartAsync(await places, size, backOff, stopClaiming);
                // There is no more than was claimed: a place that is free brings none.
                if (pause > TimeSpan.Zero) await stage.Work.WaitAsync(pause, stopClaiming);
            }
        }
        catch (OperationCanceledException) when (stopClaiming.IsCancellationRequested)
        {
            // The order of a shutdown begins here; StageHost knows the rest.
        }
    }

    /// <summary>
    /// Takes a place, or a turn to wait for one, for a row that is about to be claimed elsewhere in this process. Each is followed by
    /// <see cref="Begin"/> or <see cref="GiveUp"/>.
    /// </summary>
    public StageTurn TakeTurn() =>
        _stopClaiming is { IsCancellationRequested: false } && stage.MayClaim ? _places.TakeOrWait() : StageTurn.None;

    public void GiveUp(StageTurn turn) => _places.GiveUp(turn);

    /// <summary>Works on a row for which a turn was taken. The caller is inside the gate.</summary>
    public void Begin(TClaim claim, StageTurn turn)
    {
        // Not as a part of the caller's span.
        using (ExecutionContext.SuppressFlow()) Start(claim, hasPlace: turn == StageTurn.Place, _stopClaiming!.Value);
        // It stands among those that wait now.
        if (turn == StageTurn.Wait) _places.GiveUp(turn);
    }

    /// <summary>Waits for the running work; when the token is cancelled, cancels the work and waits a little for it to notice.</summary>
    public async Task DrainAsync(TimeSpan grace, CancellationToken giveUp)
    {
        Task all;
        lock (_running) all = Task.WhenAll(_running);
        await all.WaitAsync(giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (all.IsCompleted) return;

        await _abort.CancelAsync();
        await all.WaitAsync(grace, context.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Gives back what was cancelled, or did not even notice that it was.</summary>
    public async Task ReleaseUnfinishedAsync(CancellationToken cancellationToken)
    {
        var leases = _unfinished.Keys.ToList();
        if (leases.Count == 0) return;

        await stage.ReleaseAsync(leases, cancellationToken);
        Log.Released(logger, leases.Count, stage.Name);
    }

    public void Dispose()
    {
        _claims.Dispose();
        _abort.Dispose();
    }

    /// <returns>How long to wait for more work; zero when there may be more at once.</returns>
    private async Task<TimeSpan> ClaimAndStartAsync(
        int wanted, ClaimSize size, BackOff backOff, CancellationToken stopClaiming)
    {
        await context.Gate.EnterAsync(stopClaiming);
        size.Begin();
        var places = _places.Take(wanted);
        if (!stage.ClaimsAhead) wanted = places;
        try
        {
            // Not cancelled by a shutdown: a claim whose answer is thrown away would hold its rows until their leases run out.
            var claims = wanted == 0 ? [] : await stage.ClaimAsync(wanted, _lastRanAlone, CancellationToken.None);
            _claims.Answered();
            backOff.Reset();
            var isMore = claims.Count == wanted;
            size.End(isMore);
            if (wanted == 0) return TimeSpan.Zero;
            if (claims.Count == 0) return context.Options.Value.PollInterval;

            Failpoint.Reach(Failpoint.AfterClaim);
            _lastRanAlone = claims[0].Crashes >= QueueLedger.AloneFrom;
            foreach (var claim in claims)
            {
                Start(claim, places > 0, stopClaiming);
                if (places > 0) places--;
            }

            return isMore ? TimeSpan.Zero : context.Options.Value.PollInterval;
        }
        catch (LedgerUnavailableException fault)
        {
            _claims.Failed(fault);
            return backOff.Next();
        }
        catch (Exception exception)
        {
            var pause = backOff.Next();
            if (backOff.Failures == 1) Log.ClaimFailed(logger, stage.Name, exception);
            return pause;
        }
        finally
        {
            if (places > 0) _places.Leave(places);
            context.Gate.Leave();
        }
    }

    /// <summary>Works on a row, at once when a place was taken for it.</summary>
    private void Start(TClaim claim, bool hasPlace, CancellationToken stopClaiming)
    {
        var held = context.Leases.Hold(claim.Lease, claim.IsJob);
        _unfinished[held.Lease] = 0;
        if (stopClaiming.IsCancellationRequested)
        {
            held.Dispose();
            if (hasPlace) _places.Leave();
            return;
        }

        var isSuspect = claim.Crashes >= QueueLedger.AloneFrom;
        var alone = isSuspect && context.Gate.TryReserve();
        if (isSuspect && !alone)
        {
            // Two suspects never share a fate: the second goes back and is claimed again when the first is through.
            Track(GiveBackAsync(held, hasPlace));
            return;
        }

        if (!alone) context.Gate.EnterAgain();
        Track(Task.Run(
            () => hasPlace ? RunOneAsync(claim, held, alone) : WaitAndRunAsync(claim, held, alone, stopClaiming), CancellationToken.None));
    }

    private void Track(Task work)
    {
        lock (_running) _running.Add(work);
    }

    private async Task GiveBackAsync(HeldLease held, bool hasPlace)
    {
        try
        {
            await stage.ReleaseAsync([held.Lease], CancellationToken.None);
            _unfinished.TryRemove(held.Lease, out _);
        }
        catch (Exception exception)
        {
            // The lease runs out by itself, uncounted, as this worker lives.
            Log.GiveBackFailed(logger, stage.Name, exception);
        }
        finally
        {
            held.Dispose();
            if (hasPlace) _places.Leave();
            stage.Work.Set();
        }
    }

    private async Task WaitAndRunAsync(TClaim claim, HeldLease held, bool alone, CancellationToken stopClaiming)
    {
        try
        {
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(held.Lost, stopClaiming);
            await _places.EnterAsync(gone.Token);
        }
        catch (OperationCanceledException)
        {
            // What was never begun is given back with what is unfinished.
            if (held.Lost.IsCancellationRequested) _unfinished.TryRemove(held.Lease, out _);
            held.Dispose();
            if (alone) context.Gate.Free();
            else context.Gate.Leave();
            return;
        }

        await RunOneAsync(claim, held, alone);
    }

    private async Task RunOneAsync(TClaim claim, HeldLease held, bool alone)
    {
        var job = claim.JobId;
        using var scope = logger.BeginScope(new KeyValuePair<string, object>[] { new("JobId", job), new("Stage", stage.Name) });
        using var activity = WorkerActivities.Start(stage.Name, job);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(held.Lost, _abort.Token);
        using var measured = context.Metrics.BeginWork(stage.Name);
        var works = true;
        // A row that is put off, or that others may not run beside: what is ready may be more than before.
        var mayMakeReady = claim.Crashes > 0;
        try
        {
            if (alone) await context.Gate.WaitUntilAloneAsync(stop.Token);
            var outcome = await WorkOrFaultAsync(claim, held, job, stop.Token);
            mayMakeReady |= outcome is StageOutcome.Deferred;
            works = false;
            _places.BeginStoring();
            Failpoint.Reach(Failpoint.AfterInfer);
            await RecordUntilStoredAsync(claim, outcome, held, job, stop.Token);
            Failpoint.Reach(Failpoint.AfterComplete);
            if (outcome is StageOutcome.Deferred putOff && _waitNotes.IsNew(putOff.Detail))
                Log.Waits(logger, stage.Name, putOff.Detail);
            measured.Complete(outcome.GetType().Name);
            _unfinished.TryRemove(held.Lease, out _);
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested)
        {
            measured.Complete("LeaseLost");
            _unfinished.TryRemove(held.Lease, out _);
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            measured.Complete("Released");
        }
        catch (Exception exception)
        {
            // Neither the outcome nor its refusal could be stored: without heartbeats the lease runs out and the row is ready again.
            Log.NotRecorded(logger, stage.Name, job, exception);
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            measured.Complete("NotRecorded");
            _unfinished.TryRemove(held.Lease, out _);
        }
        finally
        {
            held.Dispose();
            if (alone) context.Gate.Free();
            else context.Gate.Leave();
            if (works) _places.Leave();
            else _places.Stored();
            if (mayMakeReady) stage.Work.Set();
        }
    }

    private async Task<StageOutcome> WorkOrFaultAsync(TClaim claim, HeldLease held, Guid job, CancellationToken stop)
    {
        try
        {
            return await stage.WorkAsync(claim, _places.AsideAsync, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            Log.WorkFailed(logger, stage.Name, job, held.Lease.RowId, exception);
            return new StageOutcome.Deferred(
                PauseAfterFault, $"{stage.Name} failed by a fault of this program: {exception.GetType().Name}: {exception.Message}");
        }
    }

    private async Task RecordUntilStoredAsync(TClaim claim, StageOutcome outcome, HeldLease held, Guid job, CancellationToken stop)
    {
        var backOff = new BackOff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
        var refusals = 0;
        var offered = outcome;
        using var wait = context.Ledger.Enter();
        while (true)
        {
            try
            {
                using var activity = WorkerActivities.Start("Persist", job);
                // Not cut short by a shutdown: an answer that is being stored would be asked for again.
                if (!await context.Metrics.StageAsync("Persist", () => stage.RecordAsync(claim, offered, held.Lost)))
                    Log.ResultDiscarded(logger, stage.Name, job, held.Lease.RowId);
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                throw;
            }
            catch (LedgerUnavailableException fault)
            {
                wait.Failed(fault);
                if (backOff.Failures == 0) Log.RecordPostponed(logger, stage.Name, job);
            }
            catch (Exception exception) when (ReferenceEquals(offered, outcome) || refusals < RefusalsBeforeGivingUp)
            {
                refusals++;
                if (refusals == RefusalsBeforeGivingUp && ReferenceEquals(offered, outcome))
                {
                    Log.RecordRefused(logger, stage.Name, job, exception);
                    offered = new StageOutcome.Rejected(
                        RejectionReason.InternalError,
                        $"The result of {stage.Name} could not be stored: {exception.GetBaseException().Message}");
                    refusals = 0;
                }
            }

            await Task.Delay(backOff.Next(), context.Time, stop);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Error, "{Stage} pauses: it cannot claim work, by a fault of this program. It is tried again.")]
        public static partial void ClaimFailed(ILogger logger, string stage, Exception exception);

        [LoggerMessage(
            112,
            LogLevel.Error,
            "{Stage} of job {Job}, row {Row}, failed by a fault of this program; it is tried again while attempts are left.")]
        public static partial void WorkFailed(ILogger logger, string stage, Guid job, long row, Exception exception);

        [LoggerMessage(113, LogLevel.Debug, "The result of {Stage} for job {Job} is kept until the ledger can be used.")]
        public static partial void RecordPostponed(ILogger logger, string stage, Guid job);

        [LoggerMessage(114, LogLevel.Error, "The ledger refuses the result of {Stage} for job {Job}; the refusal is recorded instead.")]
        public static partial void RecordRefused(ILogger logger, string stage, Guid job, Exception exception);

        [LoggerMessage(
            115,
            LogLevel.Error,
            "Nothing could be recorded of {Stage} for job {Job}; its lease will run out and the row will be tried again.")]
        public static partial void NotRecorded(ILogger logger, string stage, Guid job, Exception exception);

        [LoggerMessage(
            116, LogLevel.Information, "The result of {Stage} for job {Job}, row {Row}, came after its lease was lost and was discarded.")]
        public static partial void ResultDiscarded(ILogger logger, string stage, Guid job, long row);

        [LoggerMessage(117, LogLevel.Information, "{Count} unfinished rows of {Stage} were given back.")]
        public static partial void Released(ILogger logger, int count, string stage);

        [LoggerMessage(119, LogLevel.Information, "{Stage} waits: {Detail} What waits for the same is not told again for a while.")]
        public static partial void Waits(ILogger logger, string stage, string detail);

        [LoggerMessage(118, LogLevel.Warning, "A row of {Stage} could not be given back; it is free again when its lease runs out.")]
        public static partial void GiveBackFailed(ILogger logger, string stage, Exception exception);
    }
}
