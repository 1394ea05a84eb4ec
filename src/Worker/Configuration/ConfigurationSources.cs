using System.Text.Json;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace Qwen35Batch.Worker.Configuration;

/// <summary>
/// Where settings come from, the later ones winning: the shipped file, a file of the user's, environment variables, the command line.
/// </summary>
internal static class ConfigurationSources
{
    public const string EnvironmentPrefix = "QWEN35BATCH_";

    // As .NET reads such files.
    private static readonly JsonDocumentOptions Reading = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>The ledger's file in the data folder.</summary>
    public const string LedgerFile = "ledger.db";

    /// <summary>The file beside the program.</summary>
    public static string ShippedFile => Path.Combine(AppContext.BaseDirectory, "appsettings.json");

    public static void AddAll(IConfigurationBuilder builder, WorkerSettings settings)
    {
        builder.Sources.Clear();
        builder.AddJsonFile(ShippedFile, optional: false, reloadOnChange: false);
        if (settings.SettingsFile is { } file) builder.AddJsonFile(Readable(file), optional: false, reloadOnChange: false);
        builder.AddEnvironmentVariables();
        builder.AddEnvironmentVariables(EnvironmentPrefix);
        builder.AddInMemoryCollection(FromCommandLine(settings));
        builder.Sources.Insert(0, new MemoryConfigurationSource { InitialData = FromDataFolder(settings) });
    }

    /// <summary>
    /// The first parts of all keys that are meant for this program. Plain environment variables belong to everybody, so theirs do not
    /// count; of those with our prefix, only the ones that name a section and a key.
    /// </summary>
    public static IEnumerable<string> OwnKeys(IConfigurationRoot configuration) =>
        configuration.Providers.SelectMany(KeysOf).Distinct(StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> KeysOf(IConfigurationProvider provider)
    {
        var keys = provider.GetChildKeys([], null).Distinct(StringComparer.OrdinalIgnoreCase);
        if (provider is not EnvironmentVariablesConfigurationProvider) return keys;
        return IsPrefixed(provider) ? keys.Where(key => provider.GetChildKeys([], key).Any()) : [];
    }

    private static bool IsPrefixed(IConfigurationProvider provider) =>
        provider.ToString()!.Contains(EnvironmentPrefix, StringComparison.Ordinal);

    /// <summary>Where the bundled model is, and where state is kept, unless a setting says otherwise.</summary>
    private static Dictionary<string, string?> FromDataFolder(WorkerSettings settings) => new()
    {
        ["Engine:ModelFolder"] = Path.Combine(AppContext.BaseDirectory, "models", "nano"),
        ["Engine:CacheFolder"] = Path.Combine(Path.GetFullPath(settings.DataFolder), "models"),
        ["Acquire:DataFolder"] = Path.GetFullPath(settings.DataFolder),
        ["Ledger:ConnectionString"] = $"Data Source={Path.Combine(Path.GetFullPath(settings.DataFolder), LedgerFile)}",
    };

    private static Dictionary<string, string?> FromCommandLine(WorkerSettings settings)
    {
        var values = new Dictionary<string, string?>(settings.Overrides, StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < settings.AllowedRoots.Count; index++)
            values[$"Acquire:AllowedRoots:{index}"] = Path.GetFullPath(settings.AllowedRoots[index]);
        if (settings.Urls is { } urls) values["Http:Urls"] = urls;
        return values;
    }

    /// <exception cref="SettingsException">It does not exist, or is no JSON.</exception>
    private static string Readable(string file)
    {
        if (!File.Exists(file)) throw new SettingsException([$"The settings file '{file}' does not exist."]);
        try
        {
            using var document = JsonDocument.Parse(WithoutMark(File.ReadAllBytes(file)), Reading);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new SettingsException([$"The settings file '{file}' holds no JSON object, such as {{ \"Bus\": {{ … }} }}."]);
            return Path.GetFullPath(file);
        }
        catch (JsonException broken)
        {
            throw new SettingsException(
                [
                    $"The settings file '{file}' cannot be read: line {broken.LineNumber + 1}, column {broken.BytePositionInLine + 1}: "
                        + Sentence(broken.Message)
                ]);
        }
    }

    private static ReadOnlyMemory<byte> WithoutMark(byte[] content) =>
        content.AsSpan().StartsWith(ByteOrderMark) ? content.AsMemory(ByteOrderMark.Length) : content;

    // The place, which is counted from 0 there.
    private static string Sentence(string message)
    {
        var place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? message : message[..place];
    }
}
