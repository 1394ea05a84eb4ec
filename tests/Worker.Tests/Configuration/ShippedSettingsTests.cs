using System.Reflection;
using Microsoft.Extensions.Configuration;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Hosting;

namespace Qwen35Batch.Worker.Tests.Configuration;

public sealed class ShippedSettingsTests
{
    /// <summary>Keys whose default depends on the data folder or on where the program is.</summary>
    private static readonly string[] Derived =
    [
        "Acquire:DataFolder",
        "Ledger:ConnectionString",
        "Engine:ModelFolder",
        "Engine:CacheFolder"
    ];

    private static readonly IConfigurationRoot Shipped = new ConfigurationBuilder().AddJsonFile(ConfigurationSources.ShippedFile).Build();

    [Fact]
    public void The_shipped_file_has_no_unknown_key_and_no_value_out_of_range()
    {
        Assert.Empty(SettingsCheck.FindProblems(Shipped, OptionSections.All));
    }

    [Fact]
    public void The_shipped_file_has_every_key()
    {
        var all = OptionSections.All
            .Where(section => section.Name != "Corpora")
            .SelectMany(section => section.Types.SelectMany(type => Keys(section.Name, type)))
            .Except(Derived);
        var present = Shipped.AsEnumerable().Select(pair => pair.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);

        Assert.Equal([], all.Where(key => !present.Contains(key)));
    }

    [Fact]
    public void The_shipped_values_are_the_defaults_of_the_code()
    {
        foreach (var section in OptionSections.All.Where(section => section.Name != "Corpora"))
        {
            foreach (var type in section.Types)
            {
                var defaults = Activator.CreateInstance(type)!;
                var bound = Shipped.GetSection(section.Name).Get(type) ?? Activator.CreateInstance(type)!;
                foreach (var property in type.GetProperties().Where(property => !Derived.Contains($"{section.Name}:{property.Name}")))
                {
                    Assert.Equal(
                        (section.Name, property.Name, Text(property, defaults)), (section.Name, property.Name, Text(property, bound)));
                }
            }
        }
    }

    private static IEnumerable<string> Keys(string section, Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => $"{section}:{property.Name}");

    private static string Text(PropertyInfo property, object options) => property.GetValue(options) switch
    {
        null => "null",
        string text => text,
        System.Collections.IEnumerable many => string.Join(',', many.Cast<object>()),
        var value => value.ToString()!,
    };
}
