namespace Qwen35Batch.Inference.Batching;

/// <summary>Where the time of a step went, in ticks of the time provider. Used by the loop only.</summary>
internal sealed class StepTimes(TimeProvider time)
{
    private long _startedAt;

    public long Model { get; private set; }

    public long Vision { get; private set; }

    public long Sampler { get; private set; }

    public long Grammar { get; private set; }

    /// <summary>Copies of state: gaps closed, snapshots saved and restored.</summary>
    public long Copy { get; private set; }

    public long Now => time.GetTimestamp();

    public long Total => Now - _startedAt;

    public void Start()
    {
        _startedAt = Now;
        Model = Vision = Sampler = Grammar = Copy = 0;
    }

    public void AddModel(long since) => Model += Now - since;

    public void AddVision(long since) => Vision += Now - since;

    public void AddSampler(long since) => Sampler += Now - since;

    public void AddGrammar(long since) => Grammar += Now - since;

    public void AddCopy(long since) => Copy += Now - since;
}
