namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Why rows are taken from a worker.</summary>
/// <param name="Worker">Who holds them.</param>
/// <param name="Company">How many rows it held when it stopped; 0 when it works on, and only these leases ran out.</param>
/// <param name="IsCertain">Whether it is dead for certain, and not only silent.</param>
internal sealed record Loss(Guid Worker, int Company, bool IsCertain)
{
    public bool IsCrash => Company > 0;
}
