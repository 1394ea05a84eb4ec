using System.CommandLine;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Commands.Arguments;

/// <summary>The options that every command with a host has.</summary>
/// <param name="dataFolder">Where the state lies when nothing is said.</param>
internal sealed class HostArguments(string dataFolder = "./data")
{
    private readonly Option<string> _data = new("--data")
    {
        Description = "The folder that holds all state: ledger, media, converted models.",
        HelpName = "folder",
        DefaultValueFactory = _ => dataFolder,
    };

    private readonly Option<string?> _settings = new("--settings")
    {
        Description = "A JSON file with settings, in the form of appsettings.json.",
        HelpName = "file"
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "A single setting, such as --set Bus:Transport=RabbitMq; may be repeated.",
        HelpName = "Section:Key=value",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_settings);
        command.Add(_set);
    }

    /// <exception cref="SettingsException">A setting has no key or no value.</exception>
    public WorkerSettings Read(ParseResult arguments) => new()
    {
        DataFolder = arguments.GetValue(_data)!,
        SettingsFile = arguments.GetValue(_settings),
        Overrides = arguments.GetValue(_set)!
            .Select(Split)
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase),
    };

    private static KeyValuePair<string, string?> Split(string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? setting : setting[..equals];
        if (equals <= 0 || !key.Contains(':', StringComparison.Ordinal))
        {
            throw new SettingsException(
                [$"--set takes Section:Key=value, such as Bus:Transport=RabbitMq; '{setting}' is not of this form."]);
        }

        return new(key, setting[(equals + 1)..]);
    }
}
