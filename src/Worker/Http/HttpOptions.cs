using System.ComponentModel.DataAnnotations;
using Qwen35Batch.Worker.Http.Access;

namespace Qwen35Batch.Worker.Http;

/// <summary>The worker's own HTTP interface. Section <c>Http</c>.</summary>
public sealed class HttpOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Http";

    /// <summary>
    /// Where to listen, separated by semicolons. Requests from other machines take a key of <see cref="KeysFile"/> or come from one of
    /// <see cref="Proxies"/>.
    /// </summary>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:5080";

    /// <summary>
    /// Names under which the worker is called (the <c>Host</c> of a request), beside the loopback names and the address that the request
    /// came to: such as <c>batch.example.org</c>, or <c>*.example.org</c>. Requests to other names are refused with 421, so that no web
    /// page can reach the worker under a name of its own.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    /// <summary>
    /// A JSON file with the keys that other machines need: <c>[{"name":"ci","sha256":"…","role":"submitter"}]</c>, the role being
    /// <c>reader</c>, <c>submitter</c> or <c>operator</c>. It is read at the start. Without keys, other machines are refused.
    /// </summary>
    public string? KeysFile { get; set; }

    /// <summary>
    /// Addresses or networks (<c>10.1.0.0/16</c>) of proxies that name their users in <c>X-Forwarded-User</c>; the header of others is not
    /// looked at.
    /// </summary>
    public IReadOnlyList<string> Proxies { get; set; } = [];

    /// <summary>What users of the proxies may do.</summary>
    public AccessRole ProxyRole { get; set; } = AccessRole.Operator;

    /// <summary>The largest request body, in bytes.</summary>
    [Range(1_024, 1_073_741_824)]
    public long MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest number of jobs in one <c>POST /jobs/batch</c>.</summary>
    [Range(1, 100_000)]
    public int MaxBatch { get; set; } = 1_000;
}
