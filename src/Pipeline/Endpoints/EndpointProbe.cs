using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>
/// Asks the endpoint the same question about nothing: same instructions, same options, as many pictures, but small and grey, and none of
/// the item's texts. If that is answered, the item is to blame; if not, the form of the request or the endpoint is. One such request at a
/// time for each form; what it showed holds for whoever waits for it.
/// </summary>
/// <param name="client">The endpoint, by connections of its own: with all places taken, the question would wait for those that it is about.</param>
/// <param name="options">Its settings.</param>
/// <param name="time">The clock.</param>
internal sealed class EndpointProbe(IChatClient client, EndpointOptions options, TimeProvider time) : IEndpointProbe, IDisposable
{
    private const int MostForms = 256;

    /// <summary>How long an answer proves that others of its form are answered.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    /// <summary>How long a silence is taken for the endpoint's, and not asked again.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(5);

    /// <summary>A tiny request that takes longer is no answer: the endpoint hangs or is overrun.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Form> _forms = new(StringComparer.Ordinal);

    public void Answered(IReadOnlyList<ChatMessage> messages, ChatOptions chat) => Find(messages, chat).Answered(time.GetTimestamp());

    public async Task<bool> AnswersOthersAsync(IReadOnlyList<ChatMessage> messages, ChatOptions chat, bool isRefusal, CancellationToken cancellationToken)
    {
        var form = Find(messages, chat);
        var failedAt = time.GetTimestamp();
        await form.Turn.WaitAsync(cancellationToken);
        try
        {
            var (answeredAt, silentAt) = form.Seen;
            if (answeredAt is { } answered && (isRefusal ? time.GetElapsedTime(answered) < Fresh : answered > failedAt)) return true;
            if (silentAt is { } silent && (silent > failedAt || time.GetElapsedTime(silent) < Stale)) return false;
            return await AskAsync(form, messages, chat, cancellationToken) ?? form.Seen.AnsweredAt > failedAt;
        }
        finally
        {
            form.Turn.Release();
        }
    }

    public void Dispose() => client.Dispose();

    /// <returns>Null when there was no answer in time.</returns>
    private async Task<bool?> AskAsync(Form form, IReadOnlyList<ChatMessage> messages, ChatOptions chat, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.RequestTimeout < Longest ? options.RequestTimeout : Longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await client.GetResponseAsync([.. messages.Select(Harmless)], chat.Clone(), both.Token);
            form.Answered(time.GetTimestamp());
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            // It hangs, or has so much to do that what others are answered meanwhile tells more.
            return null;
        }
        catch (EndpointException)
        {
            form.Silent(time.GetTimestamp());
            return false;
        }
    }

    private Form Find(IReadOnlyList<ChatMessage> messages, ChatOptions chat)
    {
        // Tasks are few; whoever has more starts over, which costs one request each.
        if (_forms.Count >= MostForms) _forms.Clear();
        var pictures = messages.Sum(message => message.Contents.Count(content => content is DataContent));
        var key = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{pictures}/{chat.MaxOutputTokens}/{chat.Temperature}/{chat.TopK}/")
            .Append((chat.ResponseFormat as ChatResponseFormatJson)?.SchemaName)
            .ToString();
        return _forms.GetOrAdd(key, _ => new());
    }

    private static ChatMessage Harmless(ChatMessage message) => message.Role == ChatRole.System
        ? message
        : new(message.Role, [.. message.Contents.Select(Harmless)]);

    private static AIContent Harmless(AIContent content) => content switch
    {
        DataContent video when video.HasTopLevelMediaType("video") => new DataContent(GreyClip.Video, video.MediaType),
        DataContent picture => new DataContent(GreyPicture.Pixmap, ClipFrame.PixmapMediaType) { AdditionalProperties = picture.AdditionalProperties },
        _ => new TextContent("A test."),
    };

    private sealed class Form
    {
        private readonly Lock _lock = new();
        private long? _answeredAt;
        private long? _silentAt;

        public SemaphoreSlim Turn { get; } = new(1);

        /// <summary>When a request of this form was last answered, and when one was last not answered since.</summary>
        public (long? AnsweredAt, long? SilentAt) Seen
        {
            get
            {
                lock (_lock) return (_answeredAt, _silentAt);
            }
        }

        public void Answered(long at)
        {
            lock (_lock) (_answeredAt, _silentAt) = (at, null);
        }

        public void Silent(long at)
        {
            lock (_lock) _silentAt = at;
        }
    }
}
