namespace Qwen35Batch.Inference.Tests.Grammar.Fuzz;

/// <summary>
/// Random schemas before three judges, the same in every run. Others, for as long as one likes: <c>dotnet run --project tests/Benchmarks -c
/// Release -- fuzz</c>.
/// </summary>
public class FuzzTests
{
    private const int PerThread = 250;

    private const int First = 20_261_129;

    /// <summary>What fails names its seed.</summary>
    [Fact]
    public void Grammar_validator_and_an_independent_one_agree_on_random_schemas()
    {
        var runs = Enumerable.Range(0, 4).Select(_ => new FuzzCase()).ToArray();

        Parallel.For(0, runs.Length, thread =>
        {
            for (var i = 0; i < PerThread; i++)
                runs[thread].Run(unchecked(First + (thread * PerThread) + i));
        });

        Assert.Empty(runs.SelectMany(run => run.Problems));
        Assert.InRange(runs.Sum(run => run.Compiled), runs.Sum(run => run.Schemas) / 4, int.MaxValue);
    }
}
