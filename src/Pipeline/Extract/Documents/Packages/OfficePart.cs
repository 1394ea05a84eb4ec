using System.IO.Compression;
using System.Xml;
using Qwen35Batch.Pipeline.Extract.Documents.Content;

namespace Qwen35Batch.Pipeline.Extract.Documents.Packages;

/// <summary>
/// A part of an Office package with its relationships. Parts are read from the archive and never unpacked to a file, and
/// relationships to places outside of the package are known and never followed.
/// </summary>
internal sealed class OfficePart
{
    private const string OfficeDocument = "officeDocument";
    private readonly ZipArchive _archive;
    private readonly FirstByName<ZipArchiveEntry> _entries;
    private readonly IReadOnlyDictionary<string, string> _types;
    private readonly Lazy<IReadOnlyList<Relationship>> _relationships;
    private readonly FirstByName<Relationship> _byId;

    private OfficePart(
        ZipArchive archive, FirstByName<ZipArchiveEntry> entries, IReadOnlyDictionary<string, string> types, string name)
    {
        (_archive, _entries, _types, Name) = (archive, entries, types, name);
        _relationships = new(ReadRelationships);
        _byId = new(EachRelationship(), each => each.Id, StringComparer.Ordinal);
    }

    /// <summary>Its name in the archive, without a slash before it.</summary>
    public string Name { get; }

    /// <summary>Its content type, or that of its extension; empty when the package says none.</summary>
    public string ContentType =>
        _types.TryGetValue(Name, out var own) ? own : _types.GetValueOrDefault(Path.GetExtension(Name), "");

    /// <summary>The main part of a package.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static OfficePart Main(ZipArchive archive) =>
        new OfficePart(archive, new(archive.Entries, entry => entry.FullName, StringComparer.OrdinalIgnoreCase), ReadTypes(archive), "")
            .OfKind(OfficeDocument).FirstOrDefault()
            ?? throw new InvalidDataException("it has no main part");

    /// <summary>Its content.</summary>
    public Stream Open() => (Entry(Name) ?? throw new InvalidDataException($"its part '{Name}' is missing")).Open();

    /// <summary>Its bytes; null when there are more than so many.</summary>
    public byte[]? Read(int most)
    {
        using var content = Open();
        using var copy = new MemoryStream();
        using var bounded = new Bounded(copy, most);
        content.CopyTo(bounded);
        return bounded.HasOverflowed ? null : copy.ToArray();
    }

    /// <summary>The part behind a relationship; null when there is none, or when it leads out of the package.</summary>
    public OfficePart? Related(string? id) =>
        _byId.Find(id) is { IsExternal: false } found ? Part(found) : null;

    /// <summary>True when a relationship leads out of the package.</summary>
    public bool IsExternal(string? id) => _byId.Find(id) is { IsExternal: true };

    /// <summary>The parts of a kind of relationship, such as <c>styles</c>.</summary>
    public IEnumerable<OfficePart> OfKind(string kind) =>
        _relationships.Value.Where(each => !each.IsExternal && each.Kind.Equals(kind, StringComparison.OrdinalIgnoreCase))
            .Select(Part)
            .OfType<OfficePart>();

    private static Dictionary<string, string> ReadTypes(ZipArchive archive)
    {
        var types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (archive.GetEntry("[Content_Types].xml") is not { } entry)
            return types;
        using var stream = entry.Open();
        using var reader = PartXml.Open(stream);
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.GetAttribute("ContentType") is { } type)
                types[reader.GetAttribute("PartName")?.TrimStart('/') ?? $".{reader.GetAttribute("Extension")}"] = type;
        }

        return types;
    }

    private List<Relationship> ReadRelationships()
    {
        var slash = Name.LastIndexOf('/') + 1;
        var relationships = new List<Relationship>();
        if (Entry($"{Name[..slash]}_rels/{Name[slash..]}.rels") is not { } entry)
            return relationships;
        using var stream = entry.Open();
        using var reader = PartXml.Open(stream);
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element
                || reader.GetAttribute("Id") is not { } id
                || reader.GetAttribute("Target") is not { } target)
            {
                continue;
            }
            // The last word of the kind is the same in the transitional, the strict and Microsoft's own vocabularies.
            var kind = reader.GetAttribute("Type") ?? "";
            relationships.Add(new(id, kind[(kind.LastIndexOf('/') + 1)..], target, reader.GetAttribute("TargetMode") == "External"));
        }

        return relationships;
    }

    private OfficePart? Part(Relationship relationship)
    {
        var folder = Name[..(Name.LastIndexOf('/') + 1)];
        var path = relationship.Target.StartsWith('/') ? relationship.Target : folder + relationship.Target;
        var steps = new List<string>();
        foreach (var step in Uri.UnescapeDataString(path.Split('#')[0])
            .Replace('\\', '/')
            .Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step == ".." && steps.Count > 0)
                steps.RemoveAt(steps.Count - 1);
            else if (step is not ("." or ".."))
                steps.Add(step);
        }

        var name = string.Join('/', steps);
        return Entry(name) is { } entry ? new(_archive, _entries, _types, entry.FullName) : null;
    }

    // Names are compared without regard to case, as Office does.
    private ZipArchiveEntry? Entry(string name) => _archive.GetEntry(name) ?? _entries.Find(name);

    private IEnumerable<Relationship> EachRelationship()
    {
        foreach (var relationship in _relationships.Value)
            yield return relationship;
    }

    private sealed record Relationship(string Id, string Kind, string Target, bool IsExternal);
}
