using System.Xml;
using System.Xml.Linq;

namespace Qwen35Batch.Pipeline.Extract.Documents.Packages;

/// <summary>
/// The XML of a package's parts, by local names: a document of the strict kind, and elements of newer or other makers, are read
/// like all others.
/// </summary>
internal static class PartXml
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = OfficePackage.MaxPartCharacters,
    };

    private static readonly XmlReaderSettings RowSettings = Rows();

    /// <summary>A whole part.</summary>
    public static XElement Load(OfficePart part)
    {
        using var stream = part.Open();
        return Load(stream);
    }

    /// <summary>A whole part of any package.</summary>
    public static XElement Load(Stream stream)
    {
        using var reader = XmlReader.Create(stream, Settings);
        return XElement.Load(reader, LoadOptions.PreserveWhitespace);
    }

    /// <summary>The children of a part's element, one at a time: the whole is never in memory.</summary>
    /// <param name="part">The part.</param>
    /// <param name="parent">The local name of the element whose children are wanted.</param>
    public static IEnumerable<XElement> Stream(OfficePart part, string parent)
    {
        using var stream = part.Open();
        using var reader = XmlReader.Create(stream, Settings);
        while (reader.Read() && !(reader.NodeType == XmlNodeType.Element && reader.LocalName == parent))
        {
        }

        if (reader.EOF || reader.IsEmptyElement)
            yield break;
        reader.Read();
        while (!reader.EOF && reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element)
                yield return (XElement)XNode.ReadFrom(reader);
            else
                reader.Read();
        }
    }

    /// <summary>A reader over a part of any length.</summary>
    public static XmlReader Open(Stream stream) => XmlReader.Create(stream, RowSettings);

    /// <summary>An attribute by its local name, or null.</summary>
    public static string? Att(this XElement element, string name) =>
        element.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == name)?.Value;

    /// <summary>The first child of a local name, or null.</summary>
    public static XElement? Child(this XElement? element, string name) =>
        element?.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    /// <summary>The children of a local name.</summary>
    public static IEnumerable<XElement> Children(this XElement? element, string name) =>
        element?.Elements().Where(child => child.Name.LocalName == name) ?? [];

    /// <summary>All elements of a local name below this one.</summary>
    public static IEnumerable<XElement> All(this XElement? element, string name) =>
        element?.Descendants().Where(child => child.Name.LocalName == name) ?? [];

    /// <summary>The <c>val</c> of a child, or null.</summary>
    public static string? Val(this XElement? element, string name) => element.Child(name)?.Att("val");

    /// <summary>True when a child is there and not switched off.</summary>
    public static bool IsOn(this XElement? element, string name) =>
        element.Child(name) is { } found && found.Att("val") is not ("0" or "false" or "off" or "none");

    private static XmlReaderSettings Rows()
    {
        var settings = Settings.Clone();
        settings.MaxCharactersInDocument = 0;
        return settings;
    }
}
