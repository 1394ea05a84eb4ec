using System.Globalization;

namespace Qwen35Batch.Pipeline.Extract.Documents.Runs;

/// <summary>Pages of a PDF that a tool reads in one run.</summary>
/// <param name="Path">A file of the media store.</param>
/// <param name="From">The first page, from 1.</param>
/// <param name="To">The last page.</param>
/// <param name="CancellationToken">Stops the tool.</param>
internal sealed record PdfRange(string Path, int From, int To, CancellationToken CancellationToken)
{
    /// <summary>How many they are.</summary>
    public int Pages => To - From + 1;

    /// <summary>What is worked on, at the start of a sentence.</summary>
    public string Subject => FormattableString.Invariant($"Page {From} to {To}");

    /// <summary>The arguments that name them.</summary>
    public IReadOnlyList<string> Arguments => ["-f", Number(From), "-l", Number(To)];

    /// <summary>Some of them.</summary>
    /// <param name="first">The first, from 0.</param>
    /// <param name="count">How many.</param>
    public PdfRange Part(int first, int count) => this with { From = From + first, To = From + first + count - 1 };

    /// <summary>Neighbours that belong together, two or more.</summary>
    public static IEnumerable<(int First, int Count)> Neighbours<T>(T?[] pages, Func<T?, T?, bool> areAlike)
    {
        for (var first = 0; first < pages.Length;)
        {
            var count = 1;
            while (pages[first] is not null && first + count < pages.Length && pages[first + count] is not null
                && areAlike(pages[first], pages[first + count]))
            {
                count++;
            }

            if (count > 1)
                yield return (first, count);
            first += count;
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
