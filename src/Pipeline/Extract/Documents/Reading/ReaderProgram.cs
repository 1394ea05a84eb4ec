namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>
/// The program that reads documents in a process of its own, with limits of memory, time and output: the host itself, started with
/// <see cref="Command"/>. Without one, documents are read in this process.
/// </summary>
/// <param name="FileName">The full path of a program.</param>
/// <param name="Arguments">What stands before <see cref="Command"/>.</param>
public sealed record ReaderProgram(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>The argument behind which a request follows; a host that finds it calls <see cref="RunAsync"/> and ends.</summary>
    public const string Command = "read-document";

    /// <summary>
    /// Reads one document and writes it to standard output; the host's whole work when it is started with <see cref="Command"/>.
    /// </summary>
    /// <param name="request">The argument behind <see cref="Command"/>.</param>
    /// <returns>The exit code: 0 also for a document that is refused, which the output says.</returns>
    public static async Task<int> RunAsync(string request)
    {
        await using var output = Console.OpenStandardOutput();
        await ReaderChild.RunAsync(ReadRequest.Of(request), output, CancellationToken.None).ConfigureAwait(false);
        return 0;
    }
}
