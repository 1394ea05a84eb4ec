namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>A source that has passed its checks and is open.</summary>
/// <param name="Name">The source as it may be shown.</param>
/// <param name="FileName">The last part of its path, for telling text from Markdown; never used to open anything.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record OpenedSource(string Name, string FileName, Stream Content) : IAsyncDisposable
{
    /// <summary>The path of a local file, symbolic links resolved; null when it is none.</summary>
    public string? RealPath { get; init; }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
