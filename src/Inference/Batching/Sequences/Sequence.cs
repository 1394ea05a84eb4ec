using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Sampling;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Batching.Sequences;

/// <summary>
/// A request on its way through the engine: its tokens, how many of them were fed, and where its state lies. Only its own methods change
/// it, each by one event of that way.
/// </summary>
internal sealed class Sequence : IPlannedSequence
{
    // Used by whoever waits for the request and by the loop.
    private readonly TaskCompletionSource<Generation> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;
    private volatile bool _isCancelled;

    // Used by the loop only.
    private readonly DateTimeOffset? _deadline;
    private readonly int[] _promptPositions;
    private readonly int[] _mediaTokenIndexes;
    private readonly int _ropeDelta;
    private readonly int _pictures;
    private readonly long _arrivedAt;
    private ReadOnlyMemory<float> _embeddings;
    private int[] _tokens;
    private int _cachedPromptTokens;
    private int _cachedMediaTokens;
    private long? _firstTokenAt;

    public Sequence(EngineRequest request, int maxOutputTokens, TokenVocabulary vocabulary, long arrivedAt)
    {
        var prompt = request.Prompt;
        if (prompt.TokenIds.Length < 2 || prompt.Positions.Length != 3 * prompt.TokenIds.Length
            || prompt.MediaTokenIndexes.Length != prompt.Media.Sum(media => media.TokenCount)
            || (prompt.MediaTokenIndexes.Length > 0 && prompt.MediaTokenIndexes[^1] == prompt.TokenIds.Length - 1))
        {
            throw new ArgumentException(
                "The prompt is malformed: it must have two tokens or more, three positions a token, a token for every embedding, and text "
                    + "at its end.",
                nameof(request));
        }

        PromptTokens = prompt.TokenIds.Length;
        Known = PromptTokens;
        GroupName = request.Group;
        Priority = request.Priority;
        Media = [.. prompt.Media.Select(media => new MediaSlot(media))];
        Answer = new AnswerProgress(request, maxOutputTokens, vocabulary);
        Prefix = PrefixOf(prompt);
        _deadline = request.Deadline;
        _promptPositions = prompt.Positions;
        _mediaTokenIndexes = prompt.MediaTokenIndexes;
        _ropeDelta = prompt.RopeDelta;
        _pictures = prompt.PictureCount;
        _arrivedAt = arrivedAt;
        _tokens = [.. prompt.TokenIds];
        AcceptForced();
    }

    public Task<Generation> Completion => _completion.Task;

    public string GroupName { get; }

    public int Priority { get; }

    public int PromptTokens { get; }

    public IReadOnlyList<MediaSlot> Media { get; }

    IReadOnlyList<IPlannedMedia> IPlannedSequence.Media => Media;

    public bool IsEncoded
    {
        get
        {
            for (var i = 0; i < Media.Count; i++)
            {
                if (!Media[i].IsEncoded)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public AnswerProgress Answer { get; }

    public TokenPrefix? Prefix { get; }

    /// <summary>Set from its entry into the queue on.</summary>
    public RequestGroup? Group { get; private set; }

    IPlannedGroup? IPlannedSequence.Group => Group;

    public int Slot { get; private set; } = -1;

    public int Known { get; private set; }

    public int Past { get; private set; }

    public bool IsDecoding { get; private set; }

    /// <summary>Whether the caller has got an answer, an error or its cancellation.</summary>
    public bool IsFinished => _completion.Task.IsCompleted;

    /// <summary>Whether the engine gave it up.</summary>
    public bool IsFailed { get; private set; }

    public bool IsDead(DateTimeOffset now) => _isCancelled || _deadline <= now;

    public int NextToken => _tokens[Past];

    /// <summary>The answer so far.</summary>
    public ReadOnlySpan<int> AnswerTokens => _tokens.AsSpan(PromptTokens, Known - PromptTokens);

    public int NextPosition => Past + _ropeDelta;

    /// <summary>Lets a token cancel the request; the caller is released at once, the slot with the next plan.</summary>
    public void CancelWith(Action wake, CancellationToken cancellationToken) =>
        _cancellation = cancellationToken.UnsafeRegister(_ =>
        {
            // The outcome first: the loop fails what it sees as cancelled, and the first outcome stays.
            _completion.TrySetCanceled(cancellationToken);
            _isCancelled = true;
            Answer.CloseStream(new OperationCanceledException(cancellationToken));
            wake();
        }, null);

    /// <summary>It waits, with the others of its group.</summary>
    public void Wait(RequestGroup group) => Group = group;

    /// <summary>A picture or clip needs no run of the vision tower: its embeddings are at hand.</summary>
    public void Reuse(MediaSlot media, float[] embeddings)
    {
        media.Set(embeddings);
        _cachedMediaTokens += media.TokenCount;
    }

    /// <summary>Its state lies in this slot from now on.</summary>
    public void Place(int slot) => Slot = slot;

    /// <summary>It gives its slot back.</summary>
    public void Leave() => Slot = -1;

    /// <summary>The state after its prefix was copied into its slot.</summary>
    public void Restored()
    {
        Past = Prefix!.Length;
        _cachedPromptTokens = Past;
    }

    /// <summary>The model was fed its tokens up to before <paramref name="end"/>.</summary>
    public void Fed(int end) => Past = end;

    /// <summary>Takes part in the decode run from the moment on that only its last known token is left to feed.</summary>
    public void JoinDecoding() => IsDecoding |= Past == Known - 1;

    /// <summary>The decode run fed one more of its tokens.</summary>
    public void Decoded() => Past++;

    /// <summary>The model ends the answer.</summary>
    public void EndText(long now)
    {
        _firstTokenAt ??= now;
        Answer.EndText();
    }

    /// <summary>The model chose a token of the answer; those that must follow it are added, too.</summary>
    /// <param name="token">The token.</param>
    /// <param name="now">When it was known.</param>
    /// <param name="measured">How sure the model was of it; null when nobody wants to know.</param>
    public void Accept(int token, long now, SampledToken? measured = null)
    {
        _firstTokenAt ??= now;
        if (measured is { } sure)
        {
            Answer.Measure(sure);
        }

        Append(token);
        AcceptForced();
    }

    /// <summary>Puts the embeddings of all pictures and clips in a row. All must be encoded.</summary>
    public void JoinEmbeddings()
    {
        if (Media.Count == 1)
        {
            _embeddings = Media[0].Embeddings;
            return;
        }

        _embeddings = Media.SelectMany(media => media.Embeddings!).ToArray();
    }

    /// <summary>The tokens from <paramref name="start"/> to before <paramref name="end"/>, as the model is fed them.</summary>
    public PrefillChunk Chunk(int start, int end)
    {
        var length = end - start;
        var positions = new int[3 * length];
        for (var axis = 0; axis < 3; axis++)
        {
            for (var i = 0; i < length; i++)
            {
                var index = start + i;
                positions[(axis * length) + i] = index < PromptTokens
                    ? _promptPositions[(axis * PromptTokens) + index]
                    : index + _ropeDelta;
            }
        }

        var firstMedia = IndexOfMedia(start);
        var mediaCount = IndexOfMedia(end) - firstMedia;
        var mediaIndexes = new int[mediaCount];
        for (var i = 0; i < mediaCount; i++)
        {
            mediaIndexes[i] = _mediaTokenIndexes[firstMedia + i] - start;
        }

        var hidden = mediaCount == 0 ? 0 : _embeddings.Length / _mediaTokenIndexes.Length;
        return new PrefillChunk
        {
            Slot = Slot,
            Past = start,
            TokenIds = _tokens.AsMemory(start, length),
            Positions = positions,
            MediaIndexes = mediaIndexes,
            MediaEmbeddings = _embeddings.Slice(firstMedia * hidden, mediaCount * hidden),
        };
    }

    /// <summary>Hands over the answer. The caller may have gone.</summary>
    public void Finish(TimeProvider time)
    {
        _cancellation.Unregister();
        Answer.CloseStream(null);
        _completion.TrySetResult(new Generation
        {
            TokenIds = _tokens[PromptTokens..Known],
            Choices = Answer.Choices,
            Cause = Answer.Cause ?? throw new InvalidOperationException("The answer has not ended."),
            PromptTokens = PromptTokens,
            CachedPromptTokens = _cachedPromptTokens,
            MediaTokens = _mediaTokenIndexes.Length,
            CachedMediaTokens = _cachedMediaTokens,
            Pictures = _pictures,
            TimeToFirstToken = time.GetElapsedTime(_arrivedAt, _firstTokenAt ?? time.GetTimestamp()),
        });
    }

    /// <summary>Ends the request without an answer.</summary>
    public void Fail(Exception error)
    {
        IsFailed = true;
        _cancellation.Unregister();
        Answer.CloseStream(error);
        _completion.TrySetException(error);
    }

    private static TokenPrefix? PrefixOf(PreparedPrompt prompt)
    {
        var length = prompt.SharedPrefixLength;
        if (length <= 0
            || length >= prompt.TokenIds.Length
            || (prompt.MediaTokenIndexes.Length > 0 && prompt.MediaTokenIndexes[0] < length))
        {
            return null;
        }

        // The key holds tokens only, so the positions must follow from them.
        for (var i = 0; i < 3 * length; i++)
        {
            if (prompt.Positions[(i / length * prompt.TokenIds.Length) + (i % length)] != i % length)
            {
                return null;
            }
        }

        return new TokenPrefix(prompt.TokenIds.AsMemory(0, length));
    }

    private void AcceptForced()
    {
        while (Answer.Cause is null && Answer.Forced() is { Count: > 0 } forced)
        {
            for (var i = 0; i < forced.Count && Answer.Cause is null; i++)
            {
                Append(forced[i]);
            }
        }
    }

    private void Append(int token)
    {
        if (Known == _tokens.Length)
        {
            Array.Resize(ref _tokens, _tokens.Length * 2);
        }

        _tokens[Known++] = token;
        Answer.Accept(token);
    }

    private int IndexOfMedia(int token)
    {
        var index = Array.BinarySearch(_mediaTokenIndexes, token);
        return index >= 0 ? index : ~index;
    }
}
