using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Inference.Chat;

/// <summary>
/// The engine of a host: checked when the host starts, opened by the first who needs it, stopped with the host. Stopping finishes the
/// requests that it has, until the host's shutdown time is over.
/// </summary>
public sealed class Qwen35EngineHost : IHostedService, IAsyncDisposable
{
    private readonly EngineOptions _options;
    private readonly ILoggerFactory _loggerFactory;
    private readonly IVocabularies _vocabularies;
    private readonly SemaphoreSlim _opening = new(1);
    private volatile Qwen35Engine? _engine;
    private bool _isStopped;

    /// <summary>Creates the host's engine; nothing is loaded yet.</summary>
    /// <param name="options">The section <c>Engine</c>.</param>
    /// <param name="loggerFactory">Receives the engine's log.</param>
    /// <param name="vocabularies">The lists of names that schemas may refer to; none when it is null.</param>
    public Qwen35EngineHost(IOptions<EngineOptions> options, ILoggerFactory loggerFactory, IVocabularies? vocabularies = null)
    {
        _vocabularies = vocabularies ?? NoVocabularies.Instance;
        _options = options.Value;
        _loggerFactory = loggerFactory;
        ChatClient = new LazyChatClient(this);
    }

    /// <summary>The door to the model; its first call opens the engine.</summary>
    public IChatClient ChatClient { get; }

    /// <summary>What the engine does right now, or null as long as it is not open.</summary>
    public EngineStatistics? Statistics => _engine?.Statistics;

    /// <summary>The engine, opened if it is not yet.</summary>
    /// <param name="progress">Told how far a conversion is.</param>
    /// <param name="cancellationToken">Gives up a conversion.</param>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    /// <exception cref="EngineStoppedException">The host stops.</exception>
    public async Task<Qwen35Engine> OpenAsync(IProgress<ConversionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (_engine is { } open)
        {
            return open;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _engine ??= _isStopped
                ? throw new EngineStoppedException()
                : await Qwen35Engine.OpenAsync(_options, progress, _loggerFactory, _vocabularies, cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>The model's name and revision, without loading or converting anything.</summary>
    /// <param name="cancellationToken">Gives up reading a checkpoint's headers.</param>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    public async Task<string> ModelIdentityAsync(CancellationToken cancellationToken) =>
        _engine?.ModelIdentity ?? await Task.Run(() => ModelSource.Identity(_options), cancellationToken);

    /// <summary>Checks the model folder, so that a wrong one stops the host and not the first request.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        ModelSource.Check(_options);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // Not cancelled: whoever is opening the engine must have ended before it is stopped.
        await _opening.WaitAsync(CancellationToken.None);
        _isStopped = true;
        _opening.Release();
        if (_engine is { } engine)
        {
            await engine.StopAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(StopAsync(new CancellationToken(canceled: true)));

    /// <summary>Opens the engine with its first call.</summary>
    private sealed class LazyChatClient(Qwen35EngineHost host) : IChatClient
    {
        public async Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            var engine = await host.OpenAsync(null, cancellationToken);
            return await engine.ChatClient.GetResponseAsync(messages, options, cancellationToken);
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var engine = await host.OpenAsync(null, cancellationToken);
            await foreach (var update in engine.ChatClient.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                yield return update;
            }
        }

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceKey is null && serviceType.IsInstanceOfType(this) ? this : host._engine?.ChatClient.GetService(serviceType, serviceKey);

        public void Dispose()
        {
        }
    }
}
