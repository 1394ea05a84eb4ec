using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline.Extract.Clips;

/// <summary>
/// One run of ffmpeg through the clips of a video in order, for whoever asks for them. No frame of a clip is kept before the clip is asked
/// for: until then ffmpeg is held up, and ended when that takes long.
/// </summary>
internal sealed class ClipRun
{
    /// <summary>How long ffmpeg is held up; to begin anew at a clip costs a seek.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // Segments that are claimed together are asked for in any order, within moments.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(30);

    private readonly Lock _lock = new();
    private readonly ClipRunPlan _plan;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Action _stop;
    private readonly CancellationToken _stopped;
    private readonly Dictionary<int, TaskCompletionSource<ClipAnswer>> _asked = [];
    private readonly List<DecodedFrame> _frames = [];
    private TaskCompletionSource _news = NewSignal();
    private int _first;
    private int _clip;
    private bool _isGathering = true;
    private bool _hasBegun;
    private bool _isSkipping;
    private bool _hasSkipped;
    private bool _isOver;

    /// <param name="plan">What is decoded.</param>
    /// <param name="first">The clip that it is begun for: it begins there, or before it when others are asked for in a moment.</param>
    /// <param name="decode">Runs ffmpeg for the clips from a first one on, from a second on: the frames go to the stream.</param>
    /// <param name="time">Measures pauses.</param>
    public ClipRun(
        ClipRunPlan plan, int first, Func<int, double, FrameStream, CancellationToken, Task<ToolResult>> decode, TimeProvider time)
    {
        var stop = new CancellationTokenSource();
        (_plan, _time, _started, _stop, _stopped) = (plan, time, time.GetTimestamp(), stop.Cancel, stop.Token);
        _first = _clip = first;
        Ended = RunAsync(decode);
    }

    /// <summary>Ends when ffmpeg has ended.</summary>
    public Task Ended { get; }

    /// <summary>Its first clip.</summary>
    public int First
    {
        get
        {
            lock (_lock) return _first;
        }
    }

    /// <summary>Asks for a clip.</summary>
    /// <returns>The answer to come; null when this run does not come to the clip, or not soon.</returns>
    public Task<ClipAnswer>? Ask(int clip)
    {
        lock (_lock)
        {
            if (_isOver || clip >= _plan.End || _asked.ContainsKey(clip)) return null;
            var isPassed = clip < _clip || (clip == _clip && _isSkipping);
            if (!_isGathering && (isPassed || clip > Next + Gap)) return null;
            var answer = new TaskCompletionSource<ClipAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            _asked[clip] = answer;
            TellAll();
            return answer.Task;
        }
    }

    /// <summary>Asks no more; who does so last ends ffmpeg.</summary>
    /// <returns>Whether ffmpeg is ended.</returns>
    public bool Leave(int clip)
    {
        lock (_lock)
        {
            _asked.Remove(clip);
            if (_asked.Count > 0) return false;
            _isOver = true;
        }

        _stop();
        return true;
    }

    /// <summary>Ends ffmpeg if nobody waits for a clip.</summary>
    public void StopIfUnused()
    {
        lock (_lock)
        {
            if (_asked.Count > 0) return;
            _isOver = true;
        }

        _stop();
    }

    // The clip behind all that are asked for.
    private int Next => _asked.Count == 0 ? _clip : Math.Max(_clip, _asked.Keys.Max()) + 1;

    // A clip in between may be another worker's: the way through it is not much longer than a seek, once.
    private int Gap => _hasSkipped ? 0 : 1;

    private async Task RunAsync(Func<int, double, FrameStream, CancellationToken, Task<ToolResult>> decode)
    {
        var isComplete = false;
        try
        {
            await Task.Delay(Gathering, _time, _stopped).ConfigureAwait(false);
            var start = Gather();
            foreach (var margin in _plan.Margins)
            {
                var from = Math.Max(0, start - margin);
                using var attempt = CancellationTokenSource.CreateLinkedTokenSource(_stopped);
                FrameStream? stream = null;
                stream = new(
                    _plan.Width,
                    _plan.Height,
                    (frame, token) => IsBehind() ? Task.FromResult(false) : TakeAsync(frame, token),
                    attempt.Cancel,
                    _time);
                ToolResult? result = null;
                try
                {
                    result = await decode(_first, from, stream, attempt.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    // By us: because nobody waits, because a seek landed behind the clip, or in place of a result.
                }

                if (!_stopped.IsCancellationRequested && IsBehind()) continue;
                isComplete = result is { ExitCode: 0 };
                break;

                bool IsBehind() => ClipDecoder.IsBehind(from, start, stream!.FirstDecoded, _plan.Margins);
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // Before it began.
        }
        catch (Exception exception) when (exception is MediaRejectedException or ResourceUnavailableException)
        {
            // Whose fault it was is told where the clip is decoded alone.
        }
        finally
        {
            End(isComplete);
        }
    }

    /// <returns>Where the first clip begins.</returns>
    private double Gather()
    {
        lock (_lock)
        {
            _isGathering = false;
            if (_asked.Count > 0) _first = _clip = _asked.Keys.Min();
            var behind = _clip;
            foreach (var clip in _asked.Keys.Order().ToList())
            {
                if (clip > behind + Gap) Answer(clip, ClipAnswer.Again);
                else behind = clip + 1;
            }

            return _plan.Clips[_first].Start;
        }
    }

    private async Task<bool> TakeAsync(DecodedFrame frame, CancellationToken cancellationToken)
    {
        var clip = Math.Max(_first, _plan.Clips.Of(frame.Time.Seconds));
        if (clip > _clip || !_hasBegun)
        {
            lock (_lock) Begin(clip);
            if (!await IsWantedAsync(cancellationToken).ConfigureAwait(false)) return false;
        }

        // More frames than a clip has are a matter for the reading of single clips.
        if (!_isSkipping && _frames.Count <= _plan.MaxFrames(clip)) _frames.Add(frame);
        return true;
    }

    private void Begin(int clip)
    {
        if (_hasBegun) Answer(_clip, Frames());
        // Clips without a frame show what was before them, or are damaged.
        foreach (var between in _asked.Keys.Where(each => each < clip).ToList()) Answer(between, ClipAnswer.Alone);
        (_clip, _hasBegun, _isSkipping) = (clip, true, false);
        _frames.Clear();
    }

    private ClipAnswer Frames() => _frames.Count > 0 && _frames.Count <= _plan.MaxFrames(_clip) ? new([.. _frames]) : ClipAnswer.Alone;

    private async Task<bool> IsWantedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task news;
            lock (_lock)
            {
                // A run gets no more of the tools' time than a few single clips would.
                if (_isOver || _time.GetElapsedTime(_started) > _plan.Longest)
                {
                    _isOver = true;
                    return false;
                }

                if (_asked.ContainsKey(_clip)) return true;
                if (_asked.Count > 0)
                {
                    _isSkipping = _hasSkipped = true;
                    return true;
                }

                news = _news.Task;
            }

            try
            {
                await news.WaitAsync(LongestPause, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                StopIfUnused();
            }
        }
    }

    private void End(bool isComplete)
    {
        lock (_lock)
        {
            if (isComplete && _hasBegun) Answer(_clip, Frames());
            // The clip at which it broke off is decoded alone, which tells what is wrong; the others begin anew behind it.
            else if (!_isOver) Answer(_clip, ClipAnswer.Alone);
            _isOver = true;
            foreach (var clip in _asked.Keys.ToList()) Answer(clip, isComplete ? ClipAnswer.Alone : ClipAnswer.Again);
            _frames.Clear();
        }
    }

    private void Answer(int clip, ClipAnswer answer)
    {
        if (_asked.Remove(clip, out var waiting)) waiting.SetResult(answer);
    }

    private void TellAll()
    {
        _news.SetResult();
        _news = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What a run decodes.</summary>
/// <param name="Clips">The clips of the whole video.</param>
/// <param name="End">The clip behind the last one of the run.</param>
/// <param name="Margins">How far before the first clip a seek aims, in seconds, from the nearest on.</param>
/// <param name="Width">Pixels of a frame from left to right.</param>
/// <param name="Height">Pixels of a frame from top to bottom.</param>
/// <param name="Fps">Frames per second.</param>
/// <param name="Longest">After how long it ends at the next clip.</param>
internal sealed record ClipRunPlan(
    ClipSpans Clips, int End, IReadOnlyList<double> Margins, int Width, int Height, double Fps, TimeSpan Longest)
{
    /// <summary>The most frames of a clip.</summary>
    public int MaxFrames(int clip) => ClipReader.MaxFrames(Clips[clip], Fps);
}

/// <summary>What came of a clip in a run.</summary>
/// <param name="Frames">Its frames, all of them; null when there are none of it.</param>
internal sealed record ClipAnswer(IReadOnlyList<DecodedFrame>? Frames)
{
    /// <summary>It has to be decoded alone.</summary>
    public static readonly ClipAnswer Alone = new((IReadOnlyList<DecodedFrame>?)null);

    /// <summary>It has to be asked for again: another clip ended the run.</summary>
    public static readonly ClipAnswer Again = new((IReadOnlyList<DecodedFrame>?)null);
}
