using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Tests.Decoding;

namespace Qwen35Batch.Inference.Tests;

/// <summary>An engine over the tiny mixture of experts, converted from its checkpoint into a temporary folder.</summary>
public sealed class TinyEngine : IAsyncLifetime
{
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("qwen35batch-test-");
    private Qwen35Engine? _engine;

    public Qwen35Engine Engine => _engine ?? throw new InvalidOperationException("The fixture is not initialised.");

    public IChatClient Client => Engine.ChatClient;

    public EngineOptions Options => new()
    {
        ModelFolder = TestData.Folder("tiny-moe"),
        CacheFolder = _cache.FullName,
        Slots = 6,
        MaxSequenceTokens = 1024,
        PrefillTokensPerStep = 96,
        Threads = 1,
    };

    public async ValueTask InitializeAsync() =>
        _engine = await Qwen35Engine.OpenAsync(Options, null, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _cache.Delete(recursive: true);
    }
}
