namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>What came of some schemas, as it is kept in a file: the parts of a large folder can be run one after another.</summary>
internal sealed class SchemaCounts
{
    public int Schemas { get; set; }

    public int Compiled { get; set; }

    public int RefusedRight { get; set; }

    public int Answers { get; set; }

    public int Judged { get; set; }

    public int WrongAnswers { get; set; }

    public int Incomplete { get; set; }

    /// <summary>The instances by <see cref="InstanceVerdict"/>.</summary>
    public int[] Instances { get; init; } = new int[Enum.GetValues<InstanceVerdict>().Length];

    public TimeHistogram Compiling { get; init; } = new();

    public TimeHistogram Masks { get; init; } = new();

    /// <summary>Masks while which garbage was collected: whose it was is not known.</summary>
    public TimeHistogram InterruptedMasks { get; init; } = new();

    /// <summary>The bytes that masks allocated, those that are kept included.</summary>
    public long MaskBytes { get; set; }

    public SortedDictionary<string, SchemaFileCount> Files { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, int> Reasons { get; init; } = [];

    public List<SlowPart> Slow { get; init; } = [];

    public List<string> Examples { get; init; } = [];

    public void Add(SchemaCounts other)
    {
        Schemas += other.Schemas;
        Compiled += other.Compiled;
        RefusedRight += other.RefusedRight;
        Answers += other.Answers;
        Judged += other.Judged;
        WrongAnswers += other.WrongAnswers;
        Incomplete += other.Incomplete;
        for (var i = 0; i < Instances.Length; i++)
            Instances[i] += other.Instances[i];
        Compiling.Add(other.Compiling);
        Masks.Add(other.Masks);
        InterruptedMasks.Add(other.InterruptedMasks);
        MaskBytes += other.MaskBytes;
        foreach (var (file, count) in other.Files)
            Files[file] = count.And(Files.GetValueOrDefault(file));
        foreach (var (reason, count) in other.Reasons)
            Reasons[reason] = Reasons.GetValueOrDefault(reason) + count;
        Slow.AddRange(other.Slow);
        Examples.AddRange(other.Examples);
    }

    /// <summary>Something that took long.</summary>
    public sealed record SlowPart(double Milliseconds, string What);
}
