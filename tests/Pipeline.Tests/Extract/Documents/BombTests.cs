using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tests.Acquire;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>
/// Small texts that were made to cost their parsers time, memory or stack. Each ends as text or as a refusal; one that broke its parser
/// would end this process. They run alone, because what they allocate is counted for the whole process.
/// </summary>
[Collection(nameof(BombTests))]
[CollectionDefinition(nameof(BombTests), DisableParallelization = true)]
public sealed class BombTests : IDisposable
{
    private const int Many = 20_000;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Bombs => new()
    {
        { "text/html", Page(Times("<div>", Many) + "deep") },
        { "text/html", Page(Times("<b><p>", 2_000) + "formatting that is opened again and again") },
        { "text/html", Page(Times("<table><tr><td>", 2_000) + "nested tables") },
        { "text/html", Page($"<p {Times("a{0}='x' ", Many)}>attributes</p>") },
        { "text/html", Page($"<p>{Times("<b> </b>", Many)}blanks</p>") },
        { "text/html", Page(Times("&lt;&amp", Many) + "entities") },
        { "text/html", Page(Times("<!--", Many) + "<p>comments</p>") },
        { "text/html", Page(Times("<select><option>", Many) + "options") },
        { "message/rfc822", Mail(Times("X-{0}: y\r\n", Many), "headers") },
        { "message/rfc822", Mail($"To: {Times("a{0}@example.org, ", Many)}\r\n", "addresses") },
        { "message/rfc822", Mail($"To: {Times("(", Many)}\r\n", "comments of addresses") },
        { "message/rfc822", Mail($"To: {Times("g:", Many)}\r\n", "groups of addresses") },
        { "message/rfc822", Mail($"Subject: {Times("=?utf-8?q?a?= ", Many)}\r\n", "encoded words") },
        { "message/rfc822", Mail($"Content-Type: text/plain; {Times("p{0}*0=x; ", Many)}\r\n", "parameters") },
        { "message/rfc822", Parts(500) },
        { "text/plain", Times("\u00e4 \u0416 ", Many) },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task A_text_that_was_made_to_harm_is_read_or_refused_within_its_limits(string mediaType, string content)
    {
        var path = _folder.Write("bomb", content);
        var options = new ExtractOptions();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        using var output = new MemoryStream();

        await ReaderChild.RunAsync(new(path, mediaType, "The bomb", options), output, TestContext.Current.CancellationToken);

        // All that was ever allocated is a small multiple of the text, so that nothing grows with its square.
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 1L << 30, $"{allocated:N0} bytes were allocated for {content.Length:N0} characters.");
        await File.WriteAllBytesAsync(_folder["read"], output.ToArray(), TestContext.Current.CancellationToken);
        using var read = DocumentFile.Open(_folder["read"]);
        Assert.True(read!.Length > 0 || read.Result.Refused is RejectionReason.CorruptMedia or RejectionReason.TooLarge);
    }

    private static string Times(string text, int count)
    {
        var all = new StringBuilder();
        for (var number = 0; number < count; number++)
            all.Append(text.Replace("{0}", FormattableString.Invariant($"{number}"), StringComparison.Ordinal));
        return all.ToString();
    }

    private static string Page(string body) => $"<!doctype html><html><body><p>Words</p>{body}</body></html>";

    private static string Mail(string headers, string body) =>
        $"From: a@example.org\r\nDate: Fri, 3 May 2024 14:22:10 +0200\r\n{headers}\r\n{body}\r\n";

    // Each part holds the next.
    private static string Parts(int depth)
    {
        var mail = new StringBuilder("From: a@example.org\r\nMIME-Version: 1.0\r\n");
        for (var number = 0; number < depth; number++)
        {
            mail.Append(System.Globalization.CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n")
                .Append(System.Globalization.CultureInfo.InvariantCulture, $"--b{number}\r\n");
        }

        return mail.Append("Content-Type: text/plain\r\n\r\ndeep\r\n").ToString();
    }
}
