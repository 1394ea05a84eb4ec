using Qwen35Batch.Pipeline.Extract.Documents.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Tokens;

namespace Qwen35Batch.Pipeline.Extract.Documents.Pdf;

/// <summary>The files that are attached to a PDF, or to one of its pages, or that a portfolio is made of.</summary>
internal sealed class PdfAttachments
{
    private const int MaxFiles = 10_000;
    private const int MaxNodes = 100_000;

    private readonly PdfObjects _objects;
    private readonly CancellationToken _cancellationToken;
    private readonly List<AttachedFile> _files = [];
    private readonly HashSet<IndirectReference> _known = [];
    private readonly HashSet<IndirectReference> _passed = [];
    private int _nodes;

    private PdfAttachments(PdfObjects objects, CancellationToken cancellationToken)
    {
        _objects = objects;
        _cancellationToken = cancellationToken;
    }

    /// <summary>All of them, each once.</summary>
    public static IReadOnlyList<AttachedFile> Of(PdfObjects objects, CancellationToken cancellationToken)
    {
        var attachments = new PdfAttachments(objects, cancellationToken);
        var names = objects.Get<DictionaryToken>(objects.Catalog, "Names");
        attachments.Walk(objects.Get<DictionaryToken>(names, "EmbeddedFiles"), attachments.OfNames);
        attachments.Walk(objects.Get<DictionaryToken>(objects.Catalog, "Pages"), attachments.OfPage);
        return attachments._files;
    }

    // Trees of names and of pages are built alike. A node that is met again is passed over: no walk goes in circles.
    private void Walk(DictionaryToken? root, Action<DictionaryToken> take)
    {
        var open = new Stack<DictionaryToken>();
        if (root is not null)
            open.Push(root);
        while (open.TryPop(out var node) && _nodes++ < MaxNodes && _files.Count < MaxFiles)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            take(node);
            foreach (var child in _objects.Get<ArrayToken>(node, "Kids")?.Data.Reverse() ?? [])
            {
                if ((child is not IndirectReferenceToken reference || _passed.Add(reference.Data))
                    && _objects.Resolve(child) is DictionaryToken inner)
                {
                    open.Push(inner);
                }
            }
        }
    }

    private void OfNames(DictionaryToken node)
    {
        // Each name stands before its file.
        foreach (var pair in _objects.Get<ArrayToken>(node, "Names")?.Data.Chunk(2) ?? [])
        {
            if (pair.Length == 2)
                Take(_objects.Resolve(pair[1]) as DictionaryToken, (_objects.Resolve(pair[0]) as IDataToken<string>)?.Data);
        }
    }

    private void OfPage(DictionaryToken page)
    {
        foreach (var annotation in _objects.Get<ArrayToken>(page, "Annots")?.Data ?? [])
        {
            if (_objects.Resolve(annotation) is DictionaryToken found
                && _objects.Get<NameToken>(found, "Subtype")?.Data == "FileAttachment")
            {
                Take(_objects.Get<DictionaryToken>(found, "FS"), name: null);
            }
        }
    }

    private void Take(DictionaryToken? file, string? name)
    {
        var embedded = _objects.Get<DictionaryToken>(file, "EF");
        var place = Entry(embedded, "UF") ?? Entry(embedded, "F");
        if (_objects.Resolve(place) is not StreamToken stream
            || _files.Count == MaxFiles
            || (place is IndirectReferenceToken reference && !_known.Add(reference.Data)))
        {
            return;
        }

        var parameters = _objects.Get<DictionaryToken>(stream.StreamDictionary, "Params");
        _files.Add(new(
            _objects.Text(file, "UF") ?? _objects.Text(file, "F") ?? name,
            _objects.Get<NameToken>(stream.StreamDictionary, "Subtype")?.Data,
            _objects.Number(parameters, "Size"),
            most => _objects.Content(stream, most)));
    }

    private static IToken? Entry(DictionaryToken? owner, string name) =>
        owner is not null && owner.TryGet(NameToken.Create(name), out var value) ? value : null;
}
