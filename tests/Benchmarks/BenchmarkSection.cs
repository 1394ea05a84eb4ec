namespace Qwen35Batch.Benchmarks;

/// <summary>Benchmarks of one part of the product.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Summary">What is compared with what, in a line.</param>
/// <param name="RunAsync">Measures and prints; it gets the arguments behind the name.</param>
internal sealed record BenchmarkSection(string Name, string Summary, Func<IReadOnlyList<string>, CancellationToken, Task> RunAsync)
{
    /// <summary>Whether it is left out where no section is named.</summary>
    public bool OnlyByName { get; init; }
}
