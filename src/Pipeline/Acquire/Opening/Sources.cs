using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Acquire.Opening;

/// <summary>All places from which media comes, by the scheme of an address.</summary>
internal sealed class Sources(IEnumerable<ISource> sources)
{
    private readonly List<ISource> _sources = [.. sources];

    /// <summary>Opens a source at the place that its scheme names.</summary>
    /// <exception cref="MediaRejectedException">No place has this scheme, or the place refuses it.</exception>
    /// <exception cref="ResourceUnavailableException">It cannot be opened now.</exception>
    public Task<OpenedSource> OpenAsync(string source, CancellationToken cancellationToken, Func<Uri, bool>? follows = null)
    {
        var scheme = SourceAddress.Scheme(source) ?? "";
        var place = _sources.Find(each => each.Schemes.Contains(scheme))
            ?? throw new MediaRejectedException(
                RejectionReason.SourceForbidden,
                $"'{SourceAddress.Display(source)}' is a {scheme}: address; use "
                + $"{string.Join(" or ", _sources.Select(each => each.Form))}.");
        return place.OpenAsync(source, cancellationToken, follows);
    }
}
