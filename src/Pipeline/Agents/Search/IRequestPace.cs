namespace Qwen35Batch.Pipeline.Agents.Search;

/// <summary>
/// Lets requests to a service pass one at a time and not too often, over all workers that share a ledger.
/// </summary>
public interface IRequestPace
{
    /// <summary>Waits for the turn of one request; disposed when its answer has been read.</summary>
    /// <param name="service">The service, such as <c>arxiv</c>.</param>
    /// <param name="interval">The least time between a request's end and the next one's start.</param>
    /// <param name="longest">How long the request may take: then it counts as over, whatever became of its worker.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IAsyncDisposable> EnterAsync(string service, TimeSpan interval, TimeSpan longest, CancellationToken cancellationToken);
}
