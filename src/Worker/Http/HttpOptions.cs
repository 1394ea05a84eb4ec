using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Worker.Http;

/// <summary>The worker's own HTTP interface. Section <c>Http</c>.</summary>
public sealed class HttpOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Http";

    /// <summary>
    /// Where to listen, separated by semicolons. Whoever reaches it can submit and cancel jobs: beyond this machine it belongs behind a
    /// proxy that knows its users.
    /// </summary>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:5080";

    /// <summary>
    /// Names under which the worker is called (the <c>Host</c> of a request), beside the loopback names and the address that the request
    /// came to: such as <c>batch.example.org</c>, or <c>*.example.org</c>. Requests to other names are refused with 421, so that no web
    /// page can reach the worker under a name of its own.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    /// <summary>The largest request body, in bytes.</summary>
    [Range(1_024, 1_073_741_824)]
    public long MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest number of jobs in one <c>POST /jobs/batch</c>.</summary>
    [Range(1, 100_000)]
    public int MaxBatch { get; set; } = 1_000;
}
