using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Documents.Web;

/// <summary>An EPUB: its chapters in the order of reading, with their pictures.</summary>
internal static class EpubText
{
    /// <summary>Adds a book.</summary>
    /// <param name="source">The book.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="options">The limits.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static void Read(
        DocumentSource source, string subject, ExtractOptions options, DocumentText text, CancellationToken cancellationToken)
    {
        OfficePackage.Check(source, options.MaxUnpackedBytes, subject, cancellationToken);
        try
        {
            using var archive = source.OpenPackage();
            var container = Load(archive, "META-INF/container.xml");
            var place = container.All("rootfile").FirstOrDefault()?.Att("full-path")
                ?? throw new InvalidDataException("it has no list of contents");
            var package = Load(archive, place);
            var folder = place[..(place.LastIndexOf('/') + 1)];
            text.Heading(1, package.All("title").FirstOrDefault()?.Value.Trim() ?? "");
            if (string.Join(", ", package.All("creator").Select(creator => creator.Value.Trim())) is { Length: > 0 } authors)
                text.Paragraph($"By {authors}");
            var items = package.Child("manifest").Children("item").Where(item => item.Att("id") is not null)
                .GroupBy(item => item.Att("id")!).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
            var types = items.Values.GroupBy(item => Resolve(folder, item.Att("href") ?? ""))
                .ToDictionary(group => group.Key, group => group.First().Att("media-type") ?? "", StringComparer.Ordinal);
            foreach (var reference in package.Child("spine").Children("itemref"))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!text.HasRoom || !items.TryGetValue(reference.Att("idref") ?? "", out var item))
                    continue;
                var name = Resolve(folder, item.Att("href") ?? "");
                if (archive.GetEntry(name) is not { } chapter
                    || item.Att("media-type") is not ("application/xhtml+xml" or "text/html" or "image/svg+xml")
                    || Page(chapter) is not { } page)
                {
                    text.Missed("chapters", name);
                    continue;
                }

                HtmlText.Add(page, text, address =>
                {
                    var picture = Resolve(name[..(name.LastIndexOf('/') + 1)], address);
                    if (archive.GetEntry(picture) is not null)
                        return text.Picture(picture, types.GetValueOrDefault(picture, ""));
                    text.Outside("pictures that are linked and not embedded");
                    return "";
                });
            }
        }
        catch (Exception exception) when (exception is XmlException or InvalidDataException or IOException or UriFormatException)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} is a damaged EPUB ({exception.Message}); submit an intact copy.", exception);
        }
    }

    // What its entry says of its length need not be true.
    private static string? Page(ZipArchiveEntry chapter)
    {
        using var content = new MemoryStream();
        using var bounded = new Bounded(content, OfficePackage.MaxPartCharacters);
        using (var stream = chapter.Open())
            stream.CopyTo(bounded);
        if (bounded.HasOverflowed)
            return null;
        content.Position = 0;
        using var reader = new StreamReader(content);
        return reader.ReadToEnd();
    }

    private static XElement Load(ZipArchive archive, string name)
    {
        using var stream = (archive.GetEntry(name) ?? throw new InvalidDataException($"its part '{name}' is missing")).Open();
        return PartXml.Load(stream);
    }

    private static string Resolve(string folder, string address)
    {
        var steps = new List<string>();
        foreach (var step in $"{folder}{Uri.UnescapeDataString(address.Split('#')[0])}".Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step == ".." && steps.Count > 0)
                steps.RemoveAt(steps.Count - 1);
            else if (step is not ("." or ".."))
                steps.Add(step);
        }

        return string.Join('/', steps);
    }
}
