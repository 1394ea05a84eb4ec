namespace Qwen35Batch.Persistence.Databases.Announcing;

/// <summary>A way for processes that share a ledger to tell each other something. What is told while nobody listens is lost.</summary>
internal interface IWorkChannel
{
    /// <summary>Tells all who listen, this process too.</summary>
    Task SendAsync(string text, CancellationToken cancellationToken);

    /// <summary>Listens until the token is cancelled; throws when the connection is lost.</summary>
    /// <param name="listening">Called when everything told from now on is heard.</param>
    /// <param name="heard">Called with each text.</param>
    /// <param name="cancellationToken">Stops the listening.</param>
    Task ListenAsync(Action listening, Action<string> heard, CancellationToken cancellationToken);
}
