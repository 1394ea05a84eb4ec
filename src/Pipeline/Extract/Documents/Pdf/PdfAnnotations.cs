using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Jobs;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Tokens;

namespace Qwen35Batch.Pipeline.Extract.Documents.Pdf;

/// <summary>
/// The annotations of a PDF, which are no part of its text layer: notes and marks with their words, boxes that are ticked, signatures.
/// Links are left out.
/// </summary>
internal sealed class PdfAnnotations
{
    private const int MaxAnnotations = 20_000;
    private const int MaxNodes = 200_000;
    private const int MaxCharacters = 4_000;
    private const int MaxAllCharacters = 1_000_000;
    private const int MaxParents = 16;
    private const int MaxLines = 200;

    private const int Hidden = 2;
    private const int NoView = 32;
    private const int Password = 1 << 13;
    private const int PushButton = 1 << 16;

    private static readonly string[] SignatureParts = ["Name", "Reason", "Location"];

    private static readonly Dictionary<string, string> Labels = new(StringComparer.Ordinal)
    {
        ["Text"] = "Note",
        ["FreeText"] = "Text on the page",
        ["Highlight"] = "Highlighted",
        ["Underline"] = "Underlined",
        ["Squiggly"] = "Underlined",
        ["StrikeOut"] = "Struck out",
        ["Redact"] = "Marked for removal",
        ["Caret"] = "Insertion",
        ["Stamp"] = "Stamp",
        ["Ink"] = "Drawing",
        ["Line"] = "Drawing",
        ["Square"] = "Drawing",
        ["Circle"] = "Drawing",
        ["Polygon"] = "Drawing",
        ["PolyLine"] = "Drawing",
        ["FileAttachment"] = "Attached file",
    };

    private readonly PdfObjects _objects;
    private readonly CancellationToken _cancellationToken;
    private readonly List<PdfAnnotation> _annotations = [];
    private int _characters;

    private PdfAnnotations(PdfObjects objects, CancellationToken cancellationToken)
    {
        _objects = objects;
        _cancellationToken = cancellationToken;
    }

    /// <summary>All of them, as JSON.</summary>
    /// <param name="source">The PDF.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="MediaRejectedException">It is damaged.</exception>
    public static string Read(DocumentSource source, string subject, CancellationToken cancellationToken)
    {
        try
        {
            using var content = source.Open();
            using var document = PdfDocument.Open(content, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });
            var annotations = new PdfAnnotations(new(document), cancellationToken);
            annotations.Pages();
            return JsonSerializer.Serialize(annotations._annotations, PdfAnnotationJson.Default.IReadOnlyListPdfAnnotation);
        }
        catch (Exception exception) when (exception
            is not (OperationCanceledException or OutOfMemoryException or MediaRejectedException))
        {
            // The library throws whatever its parsing runs into.
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} is a damaged PDF ({exception.Message}); submit an intact copy.", exception);
        }
    }

    private void Pages()
    {
        var open = new Stack<(DictionaryToken Node, PdfPageArea Area)>();
        var passed = new HashSet<IndirectReference>();
        if (_objects.Get<DictionaryToken>(_objects.Catalog, "Pages") is { } root) open.Push((root, PdfPageArea.Letter));
        var page = 0;
        for (var nodes = 0; nodes < MaxNodes && open.TryPop(out var each); nodes++)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var area = PdfPageArea.Of(_objects, each.Node, each.Area);
            if (_objects.Get<ArrayToken>(each.Node, "Kids") is not { } kids)
            {
                OfPage(each.Node, ++page, area);
                continue;
            }

            foreach (var child in kids.Data.Reverse())
            {
                if ((child is not IndirectReferenceToken reference || passed.Add(reference.Data))
                    && _objects.Resolve(child) is DictionaryToken inner)
                {
                    open.Push((inner, area));
                }
            }
        }
    }

    private void OfPage(DictionaryToken page, int number, PdfPageArea area)
    {
        foreach (var token in _objects.Get<ArrayToken>(page, "Annots")?.Data ?? [])
        {
            if (_annotations.Count == MaxAnnotations || _characters >= MaxAllCharacters) return;
            if (_objects.Resolve(token) is DictionaryToken annotation && Of(annotation, number, area) is { } read)
            {
                _characters += read.Text?.Length ?? 0;
                _annotations.Add(read);
            }
        }
    }

    private PdfAnnotation? Of(DictionaryToken annotation, int page, PdfPageArea area)
    {
        var box = area.Place(PdfPageArea.Rectangle(_objects, _objects.Get<ArrayToken>(annotation, "Rect")));
        var flags = _objects.Number(annotation, "F") ?? 0;
        var isReply = _objects.Get<DictionaryToken>(annotation, "IRT") is not null;
        // A reply is not drawn, and is read with the note that it belongs to.
        var isHidden = (flags & (Hidden | NoView)) != 0 && !isReply;
        var kind = _objects.Get<NameToken>(annotation, "Subtype")?.Data ?? "";
        if (isHidden || _objects.Text(annotation, "StateModel") is not null) return null;
        if (kind == "Widget") return Field(annotation, page, box);
        if (kind is "RichMedia" or "Screen" or "Movie" or "Sound" or "3D")
            return new(page, PdfAnnotationKind.Media, kind, null, null, box, []);
        if (!Labels.TryGetValue(kind, out var label)) return null;
        var text = Cut(_objects.Text(annotation, "Contents"));
        var marked = kind is "Highlight" or "Underline" or "Squiggly" or "StrikeOut" or "Redact" ? Lines(annotation, area) : [];
        return text is null && marked.Count == 0
            ? null
            : new(
                page,
                kind == "FreeText" ? PdfAnnotationKind.Drawn : PdfAnnotationKind.Remark,
                isReply ? "Reply" : label,
                Cut(_objects.Text(annotation, "T")),
                text,
                box,
                marked);
    }

    private PdfAnnotation? Field(DictionaryToken widget, int page, Box? box)
    {
        var flags = Inherited<NumericToken>(widget, "Ff") is { } number ? (int)number.Data : 0;
        var name = Name(widget);
        var value = Inherited<IToken>(widget, "V");
        switch (Inherited<NameToken>(widget, "FT")?.Data)
        {
            case "Btn" when (flags & PushButton) == 0:
                var state = _objects.Get<NameToken>(widget, "AS")?.Data ?? (value as NameToken)?.Data;
                var isOn = state is not (null or "Off");
                // Of several buttons with one name, the state that one stands for is all that tells it from the others.
                var own = isOn && state is not ("Yes" or "On" or "1") ? $" ({Cut(state)})" : "";
                return new(page, PdfAnnotationKind.Remark, name, null, (isOn ? "☒" : "☐") + own, box, []);
            case "Sig" when value is DictionaryToken signature:
                var parts = SignatureParts.Select(part => _objects.Text(signature, part)).Append(Date(signature));
                var said = string.Join(", ", parts.Where(part => !string.IsNullOrWhiteSpace(part)));
                return new(page, PdfAnnotationKind.Remark, name, null, Cut($"signed {said}".Trim()), box, []);
            case "Tx" or "Ch" when (flags & Password) == 0:
                var values = value is ArrayToken several ? several.Data.Select(_objects.Resolve) : [value];
                var text = string.Join(
                    ", ",
                    values.OfType<IDataToken<string>>().Where(each => each is not NameToken).Select(each => Option(widget, each.Data)));
                return Cut(text) is { } shown ? new(page, PdfAnnotationKind.Drawn, name, null, shown, box, []) : null;
            default:
                return null;
        }
    }

    // What a list shows for a value, where that is not the value itself.
    private string Option(DictionaryToken widget, string value)
    {
        foreach (var option in Inherited<ArrayToken>(widget, "Opt")?.Data ?? [])
        {
            if (_objects.Resolve(option) is ArrayToken { Data: [var own, var shown, ..] }
                && (_objects.Resolve(own) as IDataToken<string>)?.Data == value
                && _objects.Resolve(shown) is IDataToken<string> words)
            {
                return words.Data;
            }
        }

        return value;
    }

    // A date is written as D:20250102030405+09'00'.
    private string? Date(DictionaryToken signature) =>
        _objects.Text(signature, "M") is { Length: >= 10 } date && date.StartsWith("D:", StringComparison.Ordinal)
            ? $"{date[2..6]}-{date[6..8]}-{date[8..10]}"
            : null;

    private string Name(DictionaryToken widget) =>
        Cut(_objects.Text(widget, "TU") ?? _objects.Text(widget, "T") ?? Inherited<IDataToken<string>>(widget, "TU")?.Data
            ?? Inherited<IDataToken<string>>(widget, "T")?.Data) ?? "Field";

    private T? Inherited<T>(DictionaryToken? field, string name)
        where T : class
    {
        for (var step = 0; step < MaxParents && field is not null; step++)
        {
            if (_objects.Get<IToken>(field, name) is T found) return found;
            field = _objects.Get<DictionaryToken>(field, "Parent");
        }

        return null;
    }

    // Eight numbers for each line: its four corners in an order that differs from program to program.
    private List<Box> Lines(DictionaryToken annotation, PdfPageArea area) =>
    [
        .. PdfPageArea.Numbers(_objects, _objects.Get<ArrayToken>(annotation, "QuadPoints"))
            .Chunk(8)
            .Where(corners => corners.Length == 8)
            .Take(MaxLines)
            .Select(corners => area.Place(
                [
                    corners.Where((_, at) => at % 2 == 0).Min(), corners.Where((_, at) => at % 2 == 1).Min(),
                    corners.Where((_, at) => at % 2 == 0).Max(), corners.Where((_, at) => at % 2 == 1).Max(),
                ]))
            .OfType<Box>(),
    ];

    private static string? Cut(string? text)
    {
        var clean = text?.ReplaceLineEndings("\n").Replace("\0", "", StringComparison.Ordinal).Trim();
        return string.IsNullOrEmpty(clean) ? null : clean.Length <= MaxCharacters ? clean : clean[..MaxCharacters] + "…";
    }
}
