using Qwen35Batch.EndToEnd.Tests;

[assembly: AssemblyFixture(typeof(SharedModel))]

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>One converted model for all workers of the tests; each would convert its own otherwise.</summary>
public sealed class SharedModel : IDisposable
{
    internal static string Folder { get; } = Directory.CreateTempSubdirectory("qwen35batch-e2e-models-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
