namespace Qwen35Batch.Worker.Configuration;

/// <summary>What the command line says about the host, before any configuration is read.</summary>
internal sealed record WorkerSettings
{
    /// <summary>Holds all state of the embedded default: ledger, media store, converted models, temporary files.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>Whether the caller keeps other processes from working on <see cref="DataFolder"/>.</summary>
    public bool OwnsDataFolder { get; init; }

    /// <summary>A further JSON file with settings, or null.</summary>
    public string? SettingsFile { get; init; }

    /// <summary>Folders below which local sources may lie, added to those of the configuration.</summary>
    public IReadOnlyList<string> AllowedRoots { get; init; } = [];

    /// <summary>Where to listen, separated by semicolons, or null for the configuration's value.</summary>
    public string? Urls { get; init; }

    /// <summary>Settings by key, such as <c>Bus:Transport</c>; they win over every other source.</summary>
    public IReadOnlyDictionary<string, string?> Overrides { get; init; } = new Dictionary<string, string?>();
}
