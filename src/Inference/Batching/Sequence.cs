using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Batching;

/// <summary>A request on its way through the engine: its tokens, how many of them were fed, and where its state lies.</summary>
internal sealed class Sequence
{
    // Used by whoever waits for the request and by the loop.
    private readonly TaskCompletionSource<Generation> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;
    private volatile bool _isCancelled;

    // Used by the loop only.
    private readonly int[] _promptPositions;
    private readonly int[] _mediaTokenIndexes;
    private readonly int _ropeDelta;
    private readonly int _pictures;
    private readonly long _arrivedAt;
    private ReadOnlyMemory<float> _embeddings;
    private int[] _tokens;

    public Sequence(EngineRequest request, int maxOutputTokens, TokenVocabulary vocabulary, long arrivedAt)
    {
        var prompt = request.Prompt;
        if (prompt.TokenIds.Length < 2 || prompt.Positions.Length != 3 * prompt.TokenIds.Length
            || prompt.MediaTokenIndexes.Length != prompt.Media.Sum(media => media.TokenCount)
            || (prompt.MediaTokenIndexes.Length > 0 && prompt.MediaTokenIndexes[^1] == prompt.TokenIds.Length - 1))
        {
            throw new ArgumentException("The prompt is malformed: it must have two tokens or more, three positions a token, a token for every embedding, and text at its end.", nameof(request));
        }

        PromptTokens = prompt.TokenIds.Length;
        Known = PromptTokens;
        GroupName = request.Group;
        Priority = request.Priority;
        Deadline = request.Deadline;
        Media = [.. prompt.Media.Select(media => new MediaSlot(media))];
        Answer = new AnswerProgress(request, maxOutputTokens, vocabulary);
        Prefix = PrefixOf(prompt);
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

    public DateTimeOffset? Deadline { get; }

    public int PromptTokens { get; }

    public IReadOnlyList<MediaSlot> Media { get; }

    /// <summary>Whether the embeddings of all pictures and clips are there.</summary>
    public bool IsEncoded
    {
        get
        {
            for (var i = 0; i < Media.Count; i++)
            {
                if (Media[i].Embeddings is null)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public AnswerProgress Answer { get; }

    /// <summary>The leading tokens whose state is worth keeping, or null.</summary>
    public TokenPrefix? Prefix { get; }

    /// <summary>Set while it waits.</summary>
    public RequestGroup? Group { get; set; }

    /// <summary>The slot that holds its state, or -1.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Tokens that are known: the prompt, and the answer so far.</summary>
    public int Known { get; private set; }

    /// <summary>Tokens that were fed. The last known one is always left to the decode run, whose logits choose the next.</summary>
    public int Past { get; set; }

    /// <summary>Whether it takes part in the decode run.</summary>
    public bool IsDecoding { get; set; }

    public int CachedPromptTokens { get; set; }

    public int CachedMediaTokens { get; set; }

    /// <summary>When the model chose its first token.</summary>
    public long? FirstTokenAt { get; set; }

    /// <summary>Whether the caller has got an answer, an error or its cancellation.</summary>
    public bool IsFinished => _completion.Task.IsCompleted;

    /// <summary>Whether the engine gave it up.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>Whether nobody waits for the answer any more.</summary>
    public bool IsDead(DateTimeOffset now) => _isCancelled || Deadline <= now;

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

    /// <summary>Adds a token of the answer, and those that must follow it.</summary>
    public void Accept(int token)
    {
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

    /// <summary>
    /// Where a chunk of known tokens ends that starts at <paramref name="start"/>. With fixed shapes there is always a cut behind the prefix,
    /// whether its state is at hand or not, and so the cuts follow from the request alone.
    /// </summary>
    public int ChunkEnd(int start, int end, BatchLimits limits)
    {
        var stop = limits.FixedShapes && Prefix is { } prefix && start < prefix.Length ? Math.Min(end, prefix.Length) : end;
        return Math.Min(stop, start + limits.PrefillTokens);
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
                positions[(axis * length) + i] = index < PromptTokens ? _promptPositions[(axis * PromptTokens) + index] : index + _ropeDelta;
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
            Cause = Answer.Cause ?? throw new InvalidOperationException("The answer has not ended."),
            PromptTokens = PromptTokens,
            CachedPromptTokens = CachedPromptTokens,
            MediaTokens = _mediaTokenIndexes.Length,
            CachedMediaTokens = CachedMediaTokens,
            Pictures = _pictures,
            TimeToFirstToken = time.GetElapsedTime(_arrivedAt, FirstTokenAt ?? time.GetTimestamp()),
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
        if (length <= 0 || length >= prompt.TokenIds.Length || (prompt.MediaTokenIndexes.Length > 0 && prompt.MediaTokenIndexes[0] < length))
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
