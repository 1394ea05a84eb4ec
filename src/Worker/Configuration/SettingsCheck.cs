using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Qwen35Batch.Worker.Configuration;

/// <summary>
/// Compares the configuration with the option types before anything is bound, because the binder passes over keys that it does not know
/// and reports a value that does not fit without saying what would.
/// </summary>
internal static class SettingsCheck
{
    /// <summary>Sections that are read by .NET itself.</summary>
    private static readonly string[] Foreign = ["Logging", "AllowedHosts", "Kestrel"];

    public static IReadOnlyList<string> FindProblems(IConfigurationRoot configuration, IReadOnlyList<OptionSection> sections)
    {
        var problems = new List<string>();
        foreach (var key in ConfigurationSources.OwnKeys(configuration))
        {
            if (sections.Any(section => Same(section.Name, key)) || Foreign.Any(foreign => Same(foreign, key))) continue;
            problems.Add($"The setting '{key}' is not known; the sections are {List(sections.Select(section => section.Name))}.");
        }

        foreach (var section in sections)
        {
            if (ElementOf(section.Types[0]) is null) CheckGroup(configuration.GetSection(section.Name), section.Types, problems);
            else Check(configuration.GetSection(section.Name), section.Types[0], [], problems);
        }

        return problems;
    }

    private static void Check(
        IConfigurationSection section, Type type, IReadOnlyList<ValidationAttribute> attributes, List<string> problems)
    {
        if (ElementOf(type) is { } element)
        {
            foreach (var child in section.GetChildren()) Check(child, element, [], problems);
        }
        else if (IsGroup(type))
        {
            CheckGroup(section, [type], problems);
        }
        else if (section.GetChildren().Any())
        {
            problems.Add($"{section.Path} takes {Expected(type)}, not a group of settings.");
        }
        else if (section.Value is { Length: > 0 } value)
        {
            CheckValue(section.Path, value, type, attributes, problems);
        }
    }

    private static void CheckGroup(IConfigurationSection section, IReadOnlyList<Type> types, List<string> problems)
    {
        var properties = types.SelectMany(Settable).DistinctBy(property => property.Name).ToList();
        foreach (var child in section.GetChildren())
        {
            if (properties.FirstOrDefault(property => Same(property.Name, child.Key)) is { } property)
            {
                Check(child, property.PropertyType, property.GetCustomAttributes<ValidationAttribute>().ToList(), problems);
            }
            else
            {
                problems.Add(
                    $"The setting '{child.Path}' is not known; {section.Path} has {List(properties.Select(property => property.Name))}.");
            }
        }
    }

    private static void CheckValue(
        string path, string value, Type type, IReadOnlyList<ValidationAttribute> attributes, List<string> problems)
    {
        if (!TryConvert(value, type, out var converted))
        {
            problems.Add($"{path} is '{value}'; it takes {Expected(type)}.");
            return;
        }

        foreach (var attribute in attributes)
        {
            if (attribute.IsValid(converted)) continue;
            problems.Add(attribute is RangeAttribute range
                ? $"{path} is {value}; it takes a value from {range.Minimum} to {range.Maximum}."
                : attribute.FormatErrorMessage(path));
        }
    }

    private static bool TryConvert(string value, Type type, out object? converted)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (target.IsEnum)
        {
            return Enum.TryParse(target, value, ignoreCase: true, out converted)
                && Enum.IsDefined(target, converted!)
                && !char.IsDigit(value[0]);
        }

        converted = null;
        if (target == typeof(string)) converted = value;
        if (converted is not null) return true;

        try
        {
            converted = TypeDescriptor.GetConverter(target).ConvertFromString(null, CultureInfo.InvariantCulture, value);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static string Expected(Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (target.IsEnum) return List(Enum.GetNames(target), "or");
        if (target == typeof(bool)) return "true or false";
        if (target == typeof(TimeSpan)) return "a time span such as 00:01:30";
        if (target == typeof(int) || target == typeof(long)) return "a whole number";
        if (target == typeof(double) || target == typeof(float)) return "a number";
        if (target == typeof(Uri)) return "a URL";
        return "a text";
    }

    private static bool IsGroup(Type type) =>
        type is { IsClass: true } && type != typeof(string) && type != typeof(Uri) && ElementOf(type) is null;

    private static Type? ElementOf(Type type)
    {
        if (type == typeof(string)) return null;
        var collection = type.GetInterfaces().Append(type)
            .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            ?.GetGenericArguments()[0];
        return collection is { IsGenericType: true } pair && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
            ? pair.GetGenericArguments()[1]
            : collection;
    }

    private static List<PropertyInfo> Settable(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is { IsPublic: true } || ElementOf(property.PropertyType) is not null)
        .ToList();

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static string List(IEnumerable<string> names, string word = "and")
    {
        var all = names.ToList();
        return all.Count < 2 ? string.Concat(all) : $"{string.Join(", ", all.SkipLast(1))} {word} {all[^1]}";
    }
}
