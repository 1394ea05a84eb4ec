using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Qwen35Batch.Worker.Hosting;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>The tables of all settings, from the option types and their XML documentation.</summary>
internal static partial class SettingsReference
{
    private static readonly Dictionary<Assembly, Dictionary<string, XElement>> Documentation = [];

    public static string Write()
    {
        var text = new StringBuilder();
        foreach (var section in OptionSections.All)
        {
            // A section of named groups, such as the corpora, has the settings of one group.
            var group = section.Types[0].BaseType is { IsGenericType: true } named ? named.GetGenericArguments()[^1] : null;
            var prefix = group is null ? section.Name : $"{section.Name}:<name>";
            text.Append(CultureInfo.InvariantCulture, $"\n### {section.Name}\n\n| key | default | meaning |\n|---|---|---|\n");
            foreach (var (type, property) in (group is null ? section.Types : [group])
                .SelectMany(Settings)
                .DistinctBy(setting => setting.Property.Name))
            {
                text.Append(
                    CultureInfo.InvariantCulture, $"| `{prefix}:{property.Name}` | {Default(type, property)} | {Meaning(property)} |\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<(Type Type, PropertyInfo Property)> Settings(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(
                property =>
                    property.SetMethod is { IsPublic: true }
                        || (property.PropertyType != typeof(string)
                            && property.PropertyType.IsAssignableTo(typeof(System.Collections.IEnumerable))))
            .Select(property => (type, property));

    private static string Default(Type type, PropertyInfo property) => property.GetValue(Activator.CreateInstance(type)) switch
    {
        null or "" => "",
        bool value => value ? "`true`" : "`false`",
        string value => $"`{value}`",
        TimeSpan value => $"`{value:c}`",
        System.Collections.IEnumerable values => string.Join(", ", values.Cast<object>().Select(value => $"`{value}`")),
        var value => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    private static string Meaning(PropertyInfo property)
    {
        var owner = property.DeclaringType!;
        var members = MembersOf(owner.Assembly);
        Assert.True(
            members.TryGetValue($"P:{owner.FullName}.{property.Name}", out var member),
            $"{owner.FullName}.{property.Name} has no documentation.");
        var summary = string.Concat(member.Element("summary")!.Nodes().Select(Text));
        var choices = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (choices.IsEnum) summary = $"{summary.Trim()} One of {string.Join(", ", Enum.GetNames(choices).Select(name => $"`{name}`"))}.";
        return WhiteSpace().Replace(summary.Trim(), " ").Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element when element.Attribute("cref") is { } reference =>
            $"`{reference.Value[(reference.Value.LastIndexOf('.') + 1)..]}`",
        XElement element when element.Attribute("langword") is { } word => $"`{word.Value}`",
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    private static Dictionary<string, XElement> MembersOf(Assembly assembly)
    {
        if (Documentation.TryGetValue(assembly, out var members)) return members;
        var file = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        return Documentation[assembly] = XDocument.Load(file).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
