namespace Qwen35Batch.Worker.Remote;

/// <summary>How commands with <c>--server</c> speak to a worker. Section <c>Server</c>.</summary>
public sealed class ServerOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Server";

    /// <summary>
    /// The key that the worker asks for. Better kept in <see cref="KeyFile"/> or in the environment variable
    /// <c>QWEN35BATCH_Server__Key</c>.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>A file that holds the key; wins over <see cref="Key"/>.</summary>
    public string? KeyFile { get; set; }
}
