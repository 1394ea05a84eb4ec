using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>Where jobs are received from and events are sent to. Section <c>Bus</c>.</summary>
public sealed class BusOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Bus";

    /// <summary>In memory by default; the settings from <see cref="Host"/> to <see cref="UseTls"/> are read for RabbitMQ only.</summary>
    public BusTransport Transport { get; set; }

    /// <summary>The broker's name or address.</summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>The broker's port: 5672, or usually 5671 with TLS.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 5672;

    /// <summary>The virtual host.</summary>
    [Required]
    public string VirtualHost { get; set; } = "/";

    /// <summary>The user. <c>guest</c> is accepted for a broker on this machine only.</summary>
    [Required]
    public string Username { get; set; } = "guest";

    /// <summary>The user's password. Better kept in <see cref="PasswordFile"/> or in an environment variable.</summary>
    public string? Password { get; set; }

    /// <summary>A file that holds the password, such as a container's secret; wins over <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Whether the connection is encrypted and the broker's certificate checked.</summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// The queue that jobs are received from. What cannot be read goes to the queue of this name with <c>_error</c>, what was delivered too
    /// often without an end to that with <c>_dead</c>. It is a quorum queue: programs with MassTransit publish <c>SubmitJob</c> or send to
    /// <c>exchange:</c> and this name, since <c>queue:</c> would declare it as another kind of queue; others publish JSON to the exchange
    /// or the queue of this name.
    /// </summary>
    [Required, RegularExpression(
        "^[A-Za-z0-9._:-]{1,200}$", ErrorMessage = "{0} takes 1 to 200 letters, digits, dots, colons, hyphens and underscores.")]
    public string QueueName { get; set; } = "qwen35batch-submit";

    /// <summary>Messages that the broker may send ahead.</summary>
    [Range(1, 10_000)]
    public int Prefetch { get; set; } = 512;

    /// <summary>Messages taken at once; those that come together share a database transaction of milliseconds.</summary>
    [Range(1, 1_000)]
    public int ConcurrentMessages { get; set; } = 256;

    /// <summary>The largest message, in bytes. A submission carries a reference, never media.</summary>
    [Range(1_024, 16_777_216)]
    public int MaxMessageBytes { get; set; } = 262_144;

    /// <summary>
    /// How long a message is held while the ledger is away, before it goes back to the queue. Far below the broker's acknowledgement
    /// timeout (30 minutes by default), and long enough that an outage does not use up the queue's delivery limit.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:20:00")]
    public TimeSpan OutageHold { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long publishing one event may take before it is given up until later.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
