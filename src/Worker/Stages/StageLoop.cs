using System.Collections.Concurrent;
using System.Diagnostics;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// Claims rows up to the free capacity, works on each, and records what came of it. A ledger that is away pauses the claiming; results
/// are kept and recorded when it is back, for as long as their leases hold.
/// </summary>
internal abstract partial class StageLoop<TClaim, TOutcome>(StageContext context, string stage, int concurrency, WakeUp wakeUp, ILogger logger)
    : IDisposable
    where TClaim : class
    where TOutcome : class
{
    /// <summary>How often an outcome that the ledger refuses, while it answers, is offered again before the row's failure is recorded instead.</summary>
    private const int RefusalsBeforeGivingUp = 5;

    private readonly CancellationTokenSource _abort = new();
    private readonly ConcurrentDictionary<Lease, byte> _unfinished = new();
    // Changed by the claiming loop alone; locked because a drain may begin while a claim still hangs.
    private readonly List<Task> _running = [];
    private int _busy;

    protected StageContext Context { get; } = context;

    /// <summary>Claims and works until the token is cancelled; what runs then goes on: see <see cref="DrainAsync"/>.</summary>
    public async Task RunAsync(CancellationToken stopClaiming)
    {
        var backOff = new BackOff(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));
        try
        {
            while (true)
            {
                lock (_running) _running.RemoveAll(work => work.IsCompleted);
                var free = concurrency - Volatile.Read(ref _busy);
                if (free <= 0)
                {
                    await wakeUp.WaitAsync(Timeout.InfiniteTimeSpan, stopClaiming);
                    continue;
                }

                var pause = await ClaimAndStartAsync(await WaitForPlacesAsync(free, stopClaiming), backOff, stopClaiming);
                if (pause > TimeSpan.Zero) await wakeUp.WaitAsync(pause, stopClaiming);
            }
        }
        catch (OperationCanceledException) when (stopClaiming.IsCancellationRequested)
        {
            // The order of a shutdown begins here; StageHost knows the rest.
        }
    }

    /// <summary>Waits for the running work; when the token is cancelled, cancels the work and waits a little for it to notice.</summary>
    public async Task DrainAsync(TimeSpan grace, CancellationToken giveUp)
    {
        Task all;
        lock (_running) all = Task.WhenAll(_running);
        await all.WaitAsync(giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (all.IsCompleted) return;

        await _abort.CancelAsync();
        await all.WaitAsync(grace, Context.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Gives back what was cancelled, or did not even notice that it was.</summary>
    public async Task ReleaseUnfinishedAsync(CancellationToken cancellationToken)
    {
        var leases = _unfinished.Keys.ToList();
        if (leases.Count == 0) return;

        await ReleaseAsync(leases, cancellationToken);
        Log.Released(logger, leases.Count, stage);
    }

    public void Dispose() => _abort.Dispose();

    /// <summary>Waits until there is a point in claiming.</summary>
    /// <returns>How many of the free places are to be filled.</returns>
    protected virtual Task<int> WaitForPlacesAsync(int free, CancellationToken stopClaiming) => Task.FromResult(free);

    protected abstract Task<IReadOnlyList<TClaim>> ClaimAsync(int count, CancellationToken cancellationToken);

    protected abstract HeldLease Hold(TClaim claim, long askedAt);

    protected abstract Guid JobOf(TClaim claim);

    protected abstract bool IsSuspect(TClaim claim);

    protected abstract Task<TOutcome> WorkAsync(TClaim claim, CancellationToken cancellationToken);

    /// <returns>False when the lease was lost.</returns>
    protected abstract Task<bool> RecordAsync(TClaim claim, TOutcome outcome, CancellationToken cancellationToken);

    protected abstract Task ReleaseAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken);

    /// <summary>The outcome of work that threw: a fault of this program, tried again as often as attempts are left.</summary>
    protected abstract TOutcome Faulted(Exception exception);

    /// <summary>The outcome instead of one that the ledger refuses to store.</summary>
    protected abstract TOutcome Refused(Exception exception);

    /// <returns>How long to wait for more work; zero when there may be more at once.</returns>
    private async Task<TimeSpan> ClaimAndStartAsync(int free, BackOff backOff, CancellationToken stopClaiming)
    {
        await Context.Gate.EnterAsync(stopClaiming);
        try
        {
            var askedAt = Context.Time.GetTimestamp();
            // Not cancelled by a shutdown: a claim whose answer is thrown away would hold its rows until their leases run out.
            var claims = await ClaimAsync(free, CancellationToken.None);
            if (backOff.Failures > 0) Log.LedgerIsBack(logger, stage);
            backOff.Reset();
            if (claims.Count == 0) return Context.Options.Value.PollInterval;

            Failpoint.Reach(Failpoint.AfterClaim);
            foreach (var claim in claims) Start(claim, askedAt, stopClaiming);
            return claims.Count == free ? TimeSpan.Zero : Context.Options.Value.PollInterval;
        }
        catch (Exception exception)
        {
            var pause = backOff.Next();
            if (backOff.Failures == 1) Log.ClaimFailed(logger, stage, exception);
            return pause;
        }
        finally
        {
            Context.Gate.Leave();
        }
    }

    private void Start(TClaim claim, long askedAt, CancellationToken stopClaiming)
    {
        var held = Hold(claim, askedAt);
        _unfinished[held.Lease] = 0;
        if (stopClaiming.IsCancellationRequested)
        {
            held.Dispose();
            return;
        }

        Interlocked.Increment(ref _busy);
        var alone = IsSuspect(claim) && Context.Gate.TryReserve();
        if (IsSuspect(claim) && !alone)
        {
            // Two suspects never share a fate: the second goes back and is claimed again when the first is through.
            Track(GiveBackAsync(held));
            return;
        }

        if (!alone) Context.Gate.EnterAgain();
        Track(Task.Run(() => RunOneAsync(claim, held, alone), CancellationToken.None));
    }

    private void Track(Task work)
    {
        lock (_running) _running.Add(work);
    }

    private async Task GiveBackAsync(HeldLease held)
    {
        try
        {
            await ReleaseAsync([held.Lease], CancellationToken.None);
            _unfinished.TryRemove(held.Lease, out _);
        }
        catch (Exception exception)
        {
            // The lease runs out by itself, at the price of a wrong crash count: only when the ledger is away at this very moment.
            Log.GiveBackFailed(logger, stage, exception);
        }
        finally
        {
            held.Dispose();
            Interlocked.Decrement(ref _busy);
            wakeUp.Set();
        }
    }

    private async Task RunOneAsync(TClaim claim, HeldLease held, bool alone)
    {
        var job = JobOf(claim);
        using var scope = logger.BeginScope(new KeyValuePair<string, object>[] { new("JobId", job), new("Stage", stage) });
        using var activity = WorkerActivities.Start(stage, job);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(held.Lost, _abort.Token);
        using var measured = Context.Metrics.BeginWork(stage);
        try
        {
            if (alone) await Context.Gate.WaitUntilAloneAsync(stop.Token);
            var outcome = await WorkOrFaultAsync(claim, held, job, stop.Token);
            Failpoint.Reach(Failpoint.AfterInfer);
            await RecordUntilStoredAsync(claim, outcome, held, job, stop.Token);
            Failpoint.Reach(Failpoint.AfterComplete);
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
            // Neither the outcome nor its refusal could be stored: without heartbeats the lease runs out and the reaper counts it.
            Log.NotRecorded(logger, stage, job, exception);
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            measured.Complete("NotRecorded");
            _unfinished.TryRemove(held.Lease, out _);
        }
        finally
        {
            held.Dispose();
            if (alone) Context.Gate.Free();
            else Context.Gate.Leave();
            Interlocked.Decrement(ref _busy);
            wakeUp.Set();
        }
    }

    private async Task<TOutcome> WorkOrFaultAsync(TClaim claim, HeldLease held, Guid job, CancellationToken stop)
    {
        try
        {
            return await WorkAsync(claim, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            Log.WorkFailed(logger, stage, job, held.Lease.RowId, exception);
            return Faulted(exception);
        }
    }

    private async Task RecordUntilStoredAsync(TClaim claim, TOutcome outcome, HeldLease held, Guid job, CancellationToken stop)
    {
        var backOff = new BackOff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
        var refusals = 0;
        var offered = outcome;
        while (true)
        {
            try
            {
                using var activity = WorkerActivities.Start("Persist", job);
                if (!await Context.Metrics.StageAsync("Persist", () => RecordAsync(claim, offered, stop))) Log.ResultDiscarded(logger, stage, job, held.Lease.RowId);
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception exception) when (LedgerOutage.Explains(exception))
            {
                if (backOff.Failures == 0) Log.RecordPostponed(logger, stage, job, exception);
            }
            catch (Exception exception) when (ReferenceEquals(offered, outcome) || refusals < RefusalsBeforeGivingUp)
            {
                refusals++;
                if (refusals == RefusalsBeforeGivingUp && ReferenceEquals(offered, outcome))
                {
                    Log.RecordRefused(logger, stage, job, exception);
                    offered = Refused(exception);
                    refusals = 0;
                }
            }

            await Task.Delay(backOff.Next(), Context.Time, stop);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(110, LogLevel.Warning, "{Stage} pauses: the ledger does not answer. It is asked again with growing pauses.")]
        public static partial void ClaimFailed(ILogger logger, string stage, Exception exception);

        [LoggerMessage(111, LogLevel.Information, "{Stage} goes on: the ledger answers again.")]
        public static partial void LedgerIsBack(ILogger logger, string stage);

        [LoggerMessage(112, LogLevel.Error, "{Stage} of job {Job}, row {Row}, failed by a fault of this program; it is tried again while attempts are left.")]
        public static partial void WorkFailed(ILogger logger, string stage, Guid job, long row, Exception exception);

        [LoggerMessage(113, LogLevel.Warning, "The result of {Stage} for job {Job} is kept: the ledger does not answer. It is offered again until the lease runs out.")]
        public static partial void RecordPostponed(ILogger logger, string stage, Guid job, Exception exception);

        [LoggerMessage(114, LogLevel.Error, "The ledger refuses the result of {Stage} for job {Job}; the refusal is recorded instead.")]
        public static partial void RecordRefused(ILogger logger, string stage, Guid job, Exception exception);

        [LoggerMessage(115, LogLevel.Error, "Nothing could be recorded of {Stage} for job {Job}; its lease will run out and the row will be tried again or quarantined.")]
        public static partial void NotRecorded(ILogger logger, string stage, Guid job, Exception exception);

        [LoggerMessage(116, LogLevel.Information, "The result of {Stage} for job {Job}, row {Row}, came after its lease was lost and was discarded.")]
        public static partial void ResultDiscarded(ILogger logger, string stage, Guid job, long row);

        [LoggerMessage(117, LogLevel.Information, "{Count} unfinished rows of {Stage} were given back.")]
        public static partial void Released(ILogger logger, int count, string stage);

        [LoggerMessage(118, LogLevel.Warning, "A row of {Stage} could not be given back; it is free again when its lease runs out.")]
        public static partial void GiveBackFailed(ILogger logger, string stage, Exception exception);
    }
}
