using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Decoding;

/// <summary>The golden mixture of experts, converted once for the tests of a class.</summary>
public sealed class TinyModel : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private ISequenceModel? _alone;

    public string ModelPath => Path.Combine(_folder.FolderPath, "tiny-moe");

    public async ValueTask InitializeAsync() =>
        await ModelConverter.ConvertAsync(
            TestData.Folder("tiny-moe"), ModelPath, new ConversionOptions(), null, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _alone?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A model with one slot, which tests only prefill from the start.</summary>
    internal ISequenceModel Alone => _alone ??= Open(1);

    internal ISequenceModel Open(int slots, int maxLength = 64) =>
        ModelFolder.Open(ModelPath).CreateSequenceModel(new SequenceModelOptions { Slots = slots, MaxLength = maxLength });
}
