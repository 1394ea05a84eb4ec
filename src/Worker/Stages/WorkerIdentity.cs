namespace Qwen35Batch.Worker.Stages;

/// <summary>Who holds a lease: one id a process.</summary>
internal sealed record WorkerIdentity(Guid Id)
{
    public static WorkerIdentity Create() => new(Guid.CreateVersion7());
}
