using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;
using UglyToad.PdfPig.Tokens;

namespace Qwen35Batch.Pipeline.Extract.Documents.Pdf;

/// <summary>
/// An XFA form: the values of its fields by their names and captions, then the words that stand on it. It is not drawn, and its scripts are
/// not run.
/// </summary>
internal sealed class XfaForm
{
    private const int MaxPacketBytes = 20_000_000;
    private const int MaxDepth = 100;
    private const string Xhtml = "http://www.w3.org/1999/xhtml";

    private readonly DocumentText _text;
    private readonly Dictionary<string, XElement> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _filled = new(StringComparer.Ordinal);

    private XfaForm(DocumentText text) => _text = text;

    /// <summary>Adds the form of a PDF, when it has one.</summary>
    public static void Add(PdfObjects objects, DocumentText text, CancellationToken cancellationToken)
    {
        var form = objects.Get<DictionaryToken>(objects.Catalog, "AcroForm");
        var packets = objects.Get<IToken>(form, "XFA") switch
        {
            StreamToken whole => [("", whole)],
            ArrayToken array => array.Data.Chunk(2).Where(pair => pair.Length == 2)
                .Select(pair => ((objects.Resolve(pair[0]) as IDataToken<string>)?.Data ?? "", objects.Resolve(pair[1]) as StreamToken))
                .ToList(),
            _ => new List<(string Name, StreamToken? Stream)>(),
        };
        if (packets.Count == 0)
            return;
        var roots = packets.Where(packet => packet.Item1 is "" or "template" or "datasets")
            .Select(packet => packet.Item2 is null ? null : Load(objects, packet.Item2)).ToList();
        if (roots.Contains(null))
            text.Missed("packets of the form (XFA)");
        cancellationToken.ThrowIfCancellationRequested();
        if (roots.Any(root => root is not null))
            new XfaForm(text).Add([.. roots.OfType<XElement>()]);
    }

    private static XElement? Load(PdfObjects objects, StreamToken packet)
    {
        if (objects.Content(packet, MaxPacketBytes) is not { } bytes)
            return null;
        try
        {
            return PartXml.Load(new MemoryStream(bytes, writable: false));
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private void Add(IReadOnlyList<XElement> roots)
    {
        var template = Named(roots, "template");
        foreach (var field in template.All("field").Where(field => field.Att("name") is not null))
            _fields.TryAdd(field.Att("name")!, field);
        _text.Heading(2, "Form");
        foreach (var data in Named(roots, "datasets").Child("data")?.Elements() ?? [])
            Values(data, Local(data), depth: 0);
        if (template is not null)
            Words(template, depth: 0);
        _text.Remark(ReadingNote.Information(
            "The PDF is an XFA form, which is not drawn: the values of its fields and the words on it were read as text."));
    }

    private static XElement? Named(IReadOnlyList<XElement> roots, string name) =>
        roots.SelectMany(root => root.DescendantsAndSelf()).FirstOrDefault(element => element.Name.LocalName == name);

    private void Values(XElement element, string path, int depth)
    {
        var children = element.Elements().Where(child => child.Name.NamespaceName != Xhtml).ToList();
        if (children.Count == 0 || depth == MaxDepth)
        {
            Value(Local(element), path, element.Value.Trim());
            return;
        }

        var times = children.GroupBy(Local).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var child in children)
        {
            var name = Local(child);
            var number = seen[name] = seen.GetValueOrDefault(name) + 1;
            Values(child, times[name] == 1 ? $"{path}.{name}" : FormattableString.Invariant($"{path}.{name}[{number}]"), depth + 1);
        }
    }

    private void Value(string name, string path, string value)
    {
        if (value.Length == 0)
            return;
        _filled.Add(name);
        var field = _fields.GetValueOrDefault(name);
        _text.Paragraph(Caption(field) is { Length: > 0 } caption
            ? $"{caption} ({path}): {Shown(field!, value)}"
            : $"{path}: {(field is null ? value : Shown(field, value))}");
    }

    // What stands on the form, and the fields that are not filled in.
    private void Words(XElement parent, int depth)
    {
        foreach (var element in parent.Elements())
        {
            switch (element.Name.LocalName)
            {
                case "draw":
                    Draw(element);
                    break;
                case "field" when !_filled.Contains(element.Att("name") ?? ""):
                    var value = element.Child("value")?.Value.Trim() ?? "";
                    var name = Caption(element) is { Length: > 0 } caption ? caption : element.Att("name") ?? "";
                    if (name.Length + value.Length > 0)
                        _text.Paragraph($"{name}: {(value.Length == 0 ? "(empty)" : Shown(element, value))}");
                    break;
                case "field" or "script" or "event" or "items":
                    break;
                default:
                    if (depth < MaxDepth)
                        Words(element, depth + 1);
                    break;
            }
        }
    }

    private void Draw(XElement draw)
    {
        if (draw.Child("value") is not { } value)
            return;
        if (value.Child("image") is not null)
            _text.Missed("pictures of the form (XFA)");
        else
            _text.Paragraph(Words(value));
    }

    private static string Caption(XElement? field) => field.Child("caption").Child("value") is { } value ? Words(value) : "";

    // Text with styles is XHTML, whose paragraphs are no words of their own.
    private static string Words(XElement value) =>
        string.Join(' ', value.DescendantNodes().OfType<XText>().Select(text => text.Value.Trim()).Where(text => text.Length > 0));

    // A list stores other words than it shows, and a box stores whether it is checked.
    private static string Shown(XElement field, string value)
    {
        var lists = field.Children("items").ToList();
        if (field.Child("ui").Child("checkButton") is not null)
            return (lists.FirstOrDefault()?.Elements().FirstOrDefault()?.Value ?? "1") == value ? "☒" : "☐";
        var stored = lists.FirstOrDefault(list => list.Att("save") == "1")?.Elements().Select(item => item.Value).ToList() ?? [];
        var shown = lists.FirstOrDefault(list => list.Att("save") != "1")?.Elements().Select(item => item.Value).ToList() ?? [];
        var place = stored.IndexOf(value);
        return place >= 0 && place < shown.Count && shown[place] != value
            ? string.Create(CultureInfo.InvariantCulture, $"{shown[place]} ({value})")
            : value;
    }

    private static string Local(XElement element) => element.Name.LocalName;
}
