using System.Text.Json;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Acquire.Formats;
using Qwen35Batch.Pipeline.Extract.Documents.Pdf;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>Puts the annotations of a PDF behind the text of the page that they are on: poppler draws some and reads none.</summary>
internal sealed class PdfAnnotationReader(DocumentStore documents, IOptions<ExtractOptions> extract)
{
    private const string Heading = "Annotations on the page (notes, marks and form fields; not part of its printed text):";
    private const int LongestQuote = 300;

    // A mark is drawn a little around its words, or a little within them.
    private const double LeastMarked = 0.5;

    /// <summary>All annotations of a PDF, in a limited child the first time.</summary>
    /// <exception cref="MediaRejectedException">It is damaged.</exception>
    public async Task<IReadOnlyList<PdfAnnotation>> ReadAsync(string path, string subject, CancellationToken cancellationToken)
    {
        using var document = await documents.OpenAsync(path, DocumentFormats.PdfAnnotations, subject, cancellationToken)
            .ConfigureAwait(false);
        return JsonSerializer.Deserialize(document.Read(0, document.Length), PdfAnnotationJson.Default.IReadOnlyListPdfAnnotation) ?? [];
    }

    /// <summary>A page with its annotations.</summary>
    public async Task<ExtractedSegment> AddAsync(
        string path, int page, MediaSettings settings, ExtractedSegment read, CancellationToken cancellationToken)
    {
        var all = await ReadAsync(path, FormattableString.Invariant($"Page {page}"), cancellationToken).ConfigureAwait(false);
        return With(read, [.. all.Where(annotation => annotation.Page == page)], settings.IncludeTextLayer);
    }

    private ExtractedSegment With(ExtractedSegment read, IReadOnlyList<PdfAnnotation> annotations, bool isTextSent)
    {
        var media = annotations.Count(annotation => annotation.Kind == PdfAnnotationKind.Media);
        var notes = new List<ReadingNote?>(read.Notes);
        if (media > 0)
        {
            notes.Add(ReadingNote.Gap(FormattableString.Invariant(
                $"Not read: {media} films, sounds or models that are embedded in the page.")));
        }

        var text = Squeezed(read.Text ?? "");
        var shown = annotations
            .Where(annotation => annotation.Kind != PdfAnnotationKind.Media && !IsDrawn(annotation, read, text))
            .ToList();
        if (shown.Count > 0 && !isTextSent)
        {
            notes.Add(ReadingNote.Gap(FormattableString.Invariant(
                $"The page has {shown.Count} annotations whose text was not sent (the task's includeTextLayer is off).")));
        }
        else if (shown.Count > 0)
        {
            var lines = new List<string> { Heading };
            var room = extract.Value.MaxPageTextCharacters;
            foreach (var line in shown.Select(annotation => Line(annotation, read.Words)).TakeWhile(line => (room -= line.Length) >= 0))
                lines.Add(line);
            if (lines.Count <= shown.Count)
            {
                notes.Add(ReadingNote.Gap(FormattableString.Invariant(
                    $"Only the first {lines.Count - 1} of the page's {shown.Count} annotations were read.")));
            }

            var block = string.Join('\n', lines);
            read = read with
            {
                Text = string.IsNullOrEmpty(read.Text) ? block : $"{read.Text}\n\n{block}",
                Words = Words(read.Words, shown),
            };
        }

        return read with { Notes = ReadingNote.Of([.. notes]) };
    }

    // What the viewer draws for itself may stand in the text layer already.
    private static bool IsDrawn(PdfAnnotation annotation, ExtractedSegment read, string text) =>
        annotation is { Kind: PdfAnnotationKind.Drawn, Text: { } own }
        && (text.Contains(Squeezed(own), StringComparison.Ordinal)
            || Squeezed(string.Concat(read.Words?.Words.Select(word => word.Text) ?? []))
                .Contains(Squeezed(own), StringComparison.Ordinal));

    private static string Line(PdfAnnotation annotation, PageWords? words)
    {
        var quoted = words is null ? "" : string.Join(' ', words.Words
            .Where(word => annotation.Marked.Any(box => IsWithin(word.Box, box)))
            .Select(word => word.Text));
        if (quoted.Length > LongestQuote) quoted = quoted[..LongestQuote] + "…";
        return $"- {annotation.Label}{(quoted.Length > 0 ? $" “{quoted}”" : "")}"
            + $"{(annotation.Author is { } author ? $" ({author})" : "")}{(annotation.Text is { } text ? $": {text}" : "")}";
    }

    private static bool IsWithin(Box word, Box mark)
    {
        var across = Math.Min(word.Left + word.Width, mark.Left + mark.Width) - Math.Max(word.Left, mark.Left);
        var down = Math.Min(word.Top + word.Height, mark.Top + mark.Height) - Math.Max(word.Top, mark.Top);
        return across > 0 && down > 0 && across * down >= LeastMarked * word.Width * word.Height;
    }

    // A value may stand in an annotation alone: its place is that of the annotation. They are no text layer of a page that has none.
    private static PageWords? Words(PageWords? words, IReadOnlyList<PdfAnnotation> shown)
    {
        var line = words?.Words.Select(word => word.Line + 1).DefaultIfEmpty(0).Max() ?? 0;
        var added = new List<PageWord>();
        foreach (var annotation in shown)
        {
            if (annotation is not { Text: { } text, Box: { } box }) continue;
            added.AddRange(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => new PageWord(word, box, line)));
            line++;
        }

        return added.Count == 0 ? words
            : words is null ? new(added, CitationMethod.TextLayer, IsWhole: false)
            : words with { Words = [.. words.Words, .. added] };
    }

    private static string Squeezed(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
}
