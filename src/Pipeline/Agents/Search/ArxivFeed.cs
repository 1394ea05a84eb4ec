using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Search;

/// <summary>Reads arXiv's Atom feed.</summary>
internal static class ArxivFeed
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private static readonly XNamespace Search = "http://a9.com/-/spec/opensearch/1.1/";

    private static readonly XmlReaderSettings Reading = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 32 * 1024 * 1024,
    };

    /// <summary>The papers, the addresses of their PDFs, and how many there are in all.</summary>
    /// <exception cref="ToolFailedException">It is no feed, or it says that the search was wrong.</exception>
    public static (IReadOnlyList<FoundItem> Papers, IReadOnlyList<SeenAddress> Pdfs, int? Total) Read(byte[] body)
    {
        var feed = Parse(body);
        var entries = feed.Elements(Atom + "entry").ToList();
        if (entries.Any(entry => Value(entry, "id").Contains("/api/errors", StringComparison.Ordinal)))
            throw new ToolFailedException("arXiv could not read the search: use plain words, a category such as cs.LG, and days.");
        var papers = new List<FoundItem>();
        var pdfs = new List<SeenAddress>();
        foreach (var entry in entries)
        {
            if (Secure(FoundItem.WebAddress(Value(entry, "id"))) is not { } address) continue;
            var title = Value(entry, "title");
            var authors = string.Join(", ", entry.Elements(Atom + "author").Select(author => Value(author, "name")).Take(20));
            papers.Add(new(address, title, $"{authors} ({Day(entry)}). {Value(entry, "summary")}"));
            var pdf = entry.Elements(Atom + "link").FirstOrDefault(link => (string?)link.Attribute("type") == "application/pdf");
            if (Secure(FoundItem.WebAddress((string?)pdf?.Attribute("href"))) is { } file) pdfs.Add(new(file, PlainText.Line(title, 300)));
        }

        var said = feed.Element(Search + "totalResults")?.Value;
        var total = int.TryParse(said, CultureInfo.InvariantCulture, out var found) ? found : (int?)null;
        return (papers, pdfs, total);
    }

    private static XElement Parse(byte[] body)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body), Reading);
            if (XDocument.Load(reader).Root is { } root && root.Name == Atom + "feed") return root;
        }
        catch (XmlException invalid)
        {
            throw new ToolFailedException("arXiv did not answer with a feed: check that Agent:ArxivUrl names its API.", invalid);
        }

        throw new ToolFailedException("arXiv did not answer with a feed: check that Agent:ArxivUrl names its API.");
    }

    private static string Value(XElement element, string name) => element.Element(Atom + name)?.Value.Trim() ?? "";

    private static string Day(XElement entry) => Value(entry, "published") is { Length: >= 10 } published ? published[..10] : "no date";

    // The feed names its papers by http:, and serves them by https:.
    private static Uri? Secure(Uri? address) => address is { Scheme: "http", Host: "arxiv.org", IsDefaultPort: true }
        ? new UriBuilder(address) { Scheme = "https", Port = -1 }.Uri
        : address;
}
