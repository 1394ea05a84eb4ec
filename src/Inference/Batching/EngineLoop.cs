using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Batching;

/// <summary>
/// The engine's own thread and the door to it. Callers hand over requests and wait for their own; the thread owns everything else, so
/// nothing in it is locked. It owns the model, too: both sessions are disposed when it ends.
/// </summary>
internal sealed partial class EngineLoop : IAsyncDisposable
{
    // Used by callers.
    private readonly TokenVocabulary _vocabulary;
    private readonly BatchLimits _limits;
    private readonly int _queueCapacity;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception> _breakdown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Used by both sides.
    private readonly EngineMetrics _metrics;
    private readonly Channel<Sequence[]> _intake;
    private readonly AutoResetEvent _wake = new(false);
    private volatile bool _isAborted;
    private volatile Exception? _fault;

    // Used by the thread only.
    private readonly ISequenceModel _model;
    private readonly MediaEncoder _encoder;
    private readonly StepTimes _times;
    private readonly RequestQueue _queue = new();
    private readonly MediaEmbeddings _embeddings;
    private readonly PrefixSnapshots _prefixes;
    private readonly StepRunner _runner;

    public EngineLoop(
        ISequenceModel model, IVisionEncoder vision, TokenVocabulary vocabulary, EngineLoopSettings settings, TimeProvider time,
        ILogger<EngineLoop> logger)
    {
        if (vocabulary.Size != model.VocabularySize)
        {
            throw new ArgumentException(
                $"The tokenizer's vocabulary has {vocabulary.Size} entries, the model's logits {model.VocabularySize}.",
                nameof(vocabulary));
        }

        _vocabulary = vocabulary;
        _limits = settings.Limits;
        _queueCapacity = settings.QueueCapacity;
        _time = time;
        _logger = logger;
        _model = model;
        _places = new SemaphoreSlim(settings.QueueCapacity);
        _intake = Channel.CreateBounded<Sequence[]>(new BoundedChannelOptions(settings.QueueCapacity) { SingleReader = true });
        _metrics = new EngineMetrics(_limits.Slots, time);
        _times = new StepTimes(time);
        _encoder = new MediaEncoder(vision, settings.OverlapsVision, _limits.FixedShapes, () => _wake.Set(), _metrics, time, logger);
        _embeddings = new MediaEmbeddings(_encoder, settings.EmbeddingCacheBytes, _metrics);
        _prefixes = new PrefixSnapshots(model, settings.PrefixCacheBytes, _metrics, _times, logger);
        var decode = new DecodeRun(model, vocabulary, _limits, settings.Threads, _metrics, _times, logger);
        _runner = new StepRunner(model, _queue, _prefixes, decode, _limits, _metrics, _times, time, LeaveQueue);
        new Thread(Run) { IsBackground = true, Name = "Qwen35Batch engine" }.Start();
    }

    /// <summary>This loop's instruments.</summary>
    public Meter Meter => _metrics.Meter;

    public EngineStatistics Statistics => _metrics.Snapshot();

    /// <summary>What ended the loop when a defect of its own did; until then it runs.</summary>
    public Task<Exception> Breakdown => _breakdown.Task;

    /// <summary>Runs a request. When as many requests wait as the queue holds, this one waits before it is prepared.</summary>
    /// <param name="prepare">Makes the request, on a thread of the pool: decoding pictures takes time.</param>
    /// <param name="cancellationToken">Gives the request up; its slot is free in the next step.</param>
    /// <exception cref="RequestRefusedException">The request can never run here; the message has the numbers.</exception>
    /// <exception cref="EngineStoppedException">The engine stops.</exception>
    public async Task<Generation> RunAsync(Func<CancellationToken, EngineRequest> prepare, CancellationToken cancellationToken) =>
        (await RunTogetherAsync([prepare], cancellationToken))[0];

    /// <summary>Runs requests that reach the engine as one: the step that takes the first of them in takes them all in.</summary>
    /// <param name="prepare">Make the requests, on one thread of the pool; no more than the queue holds.</param>
    /// <param name="cancellationToken">Gives all of them up.</param>
    /// <exception cref="RequestRefusedException">One of the requests can never run here; none of them does.</exception>
    /// <exception cref="EngineStoppedException">The engine stops.</exception>
    public async Task<Generation[]> RunTogetherAsync(
        IReadOnlyList<Func<CancellationToken, EngineRequest>> prepare, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prepare.Count, _queueCapacity, nameof(prepare));
        Sequence[] sequences;
        var entered = 0;
        try
        {
            for (; entered < prepare.Count; entered++)
            {
                await EnterQueueAsync(cancellationToken);
            }

            sequences = await Task.Run(
                () => Enqueue([.. prepare.Select(make => Create(make(cancellationToken)))], cancellationToken), cancellationToken);
        }
        catch
        {
            for (; entered > 0; entered--)
            {
                LeaveQueue();
            }

            throw;
        }

        return await Task.WhenAll(sequences.Select(sequence => sequence.Completion));
    }

    /// <summary>
    /// Takes no more requests, and finishes those that it has; when <paramref name="cancellationToken"/> is cancelled, they fail with an
    /// <see cref="EngineStoppedException"/> instead. Then the snapshots, the vision tower and the model are disposed, in this order.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var hurry = cancellationToken.Register(() =>
        {
            _isAborted = true;
            _wake.Set();
        });
        _intake.Writer.TryComplete();
        _wake.Set();
        await _stopping.CancelAsync();
        await _ended.Task;
    }

    /// <summary>Stops at once. The signals stay usable, since late callers may still touch them.</summary>
    public ValueTask DisposeAsync() => new(StopAsync(new CancellationToken(canceled: true)));

    private async Task EnterQueueAsync(CancellationToken cancellationToken)
    {
        _metrics.Arrived();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            await _places.WaitAsync(either.Token);
        }
        catch (Exception error)
        {
            _metrics.LeftQueue();
            cancellationToken.ThrowIfCancellationRequested();
            throw error is OperationCanceledException or ObjectDisposedException ? Stopped() : error;
        }
    }

    private void LeaveQueue()
    {
        _metrics.LeftQueue();
        _places.Release();
    }

    private Sequence Create(EngineRequest request)
    {
        var prompt = request.Prompt.TokenIds.Length;
        if (RequestCheck.Refusal(prompt, request.MaxOutputTokens, request.Grammar?.ShortestCompletion ?? 0, _limits) is { } refusal)
        {
            throw refusal;
        }

        return new Sequence(request, request.MaxOutputTokens ?? _limits.SequenceTokens - prompt, _vocabulary, _time.GetTimestamp());
    }

    private Sequence[] Enqueue(Sequence[] sequences, CancellationToken cancellationToken)
    {
        // Where the grammar leaves no choice at all, there is nothing to ask the model.
        var answered = sequences.Where(sequence => sequence.Answer.Cause is not null).ToList();
        var asking = sequences.Except(answered).ToArray();
        foreach (var sequence in asking)
        {
            sequence.CancelWith(() => _wake.Set(), cancellationToken);
        }

        if (asking.Length > 0 && !_intake.Writer.TryWrite(asking))
        {
            throw Stopped();
        }

        _wake.Set();
        foreach (var sequence in answered)
        {
            sequence.Finish(_time);
            LeaveQueue();
        }

        return sequences;
    }

    private EngineStoppedException Stopped() => _fault is { } fault
        ? new EngineStoppedException($"The engine broke down and takes no more requests: {fault.Message}", fault)
        : new EngineStoppedException();

    private void Run()
    {
        try
        {
            RunSteps();
        }
        catch (Exception error)
        {
            // A defect of the engine itself: nothing is left hanging, and nothing new is taken.
            _fault = error;
            Log.BrokeDown(_logger, error);
            _breakdown.SetResult(error);
        }

        try
        {
            End();
            _ended.SetResult();
        }
        catch (Exception error)
        {
            _ended.SetException(error);
        }
    }

    private void End()
    {
        _intake.Writer.TryComplete();
        TakeIn();
        _runner.FailAll(Stopped);
        _prefixes.Dispose();
        _embeddings.Clear();
        _encoder.Dispose();
        _model.Dispose();
        _metrics.Dispose();
    }

    private void RunSteps()
    {
        var state = new BatchState<Sequence>
        {
            Waiting = _queue.Sequences,
            Slots = _runner.Slots,
            Now = default,
            IsPrefixKnown = _prefixes.IsKnown,
            IsInFlight = _encoder.IsInFlight
        };
        while (!_isAborted)
        {
            _times.Start();
            TakeIn();
            if (_queue.Sequences.Count > 0 || _runner.Running > 0)
            {
                RunStep(state with { Now = _time.GetUtcNow() });
            }
            else if (_intake.Reader.Completion.IsCompleted)
            {
                return;
            }
            else
            {
                _metrics.IdleStarted();
                _wake.WaitOne();
                _metrics.IdleEnded();
            }
        }
    }

    private void RunStep(BatchState<Sequence> state)
    {
        var start = _times.Now;
        _embeddings.TakeFinished(_queue.Sequences, _runner.Fail);
        if (!_encoder.IsBusy)
        {
            _encoder.Start(BatchPolicy.NextToEncode(state, _limits));
            _embeddings.TakeFinished(_queue.Sequences, _runner.Fail);
        }

        _times.AddVision(start);
        var plan = BatchPolicy.Next(state, _limits);
        if (plan.IsEmpty && _encoder.IsBusy)
        {
            start = _times.Now;
            _wake.WaitOne();
            _times.AddVision(start);
        }

        _runner.Run(plan);
    }

    private void TakeIn()
    {
        while (_intake.Reader.TryRead(out var arrived))
        {
            foreach (var sequence in arrived)
            {
                _embeddings.Attach(sequence);
                _queue.Add(sequence);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2131, LogLevel.Critical, "The engine broke down; all its requests fail.")]
        public static partial void BrokeDown(ILogger logger, Exception error);
    }
}
