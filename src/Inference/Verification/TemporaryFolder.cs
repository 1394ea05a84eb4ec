namespace Qwen35Batch.Inference.Verification;

/// <summary>A folder that is deleted when it is no longer needed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FolderPath { get; } = Directory.CreateTempSubdirectory("qwen35batch-").FullName;

    public void Dispose() => Directory.Delete(FolderPath, recursive: true);
}
