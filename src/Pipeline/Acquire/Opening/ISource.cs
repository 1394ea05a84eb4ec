using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>A place from which media comes: this machine, the web. A new one is registered beside the others.</summary>
internal interface ISource
{
    /// <summary>The schemes whose addresses it opens, in lower case; an empty string for a local path.</summary>
    IReadOnlyList<string> Schemes { get; }

    /// <summary>What to write to name something there, such as "a local path".</summary>
    string Form { get; }

    /// <summary>Opens a source after all checks; its bytes are not yet read.</summary>
    /// <param name="source">A path or an address, as submitted.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <param name="follows">Whether a redirection to an address is followed; null follows all that may be read.</param>
    /// <exception cref="MediaRejectedException">It is forbidden, or there is nothing.</exception>
    /// <exception cref="ResourceUnavailableException">It cannot be opened now.</exception>
    Task<OpenedSource> OpenAsync(string source, CancellationToken cancellationToken, Func<Uri, bool>? follows = null);
}
