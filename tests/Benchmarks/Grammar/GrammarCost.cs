namespace Qwen35Batch.Benchmarks.Grammar;

/// <summary>Where the time of some rows went.</summary>
/// <param name="Rows">Tokens that were chosen.</param>
/// <param name="Mask">Filling masks.</param>
/// <param name="WorstMask">The longest of them.</param>
/// <param name="Accept">Going on after a token, and finding and taking what is forced.</param>
/// <param name="Sample">Choosing tokens.</param>
internal sealed record GrammarCost(int Rows, TimeSpan Mask, TimeSpan WorstMask, TimeSpan Accept, TimeSpan Sample)
{
    public TimeSpan Grammar => Mask + Accept;

    public double RowMicroseconds(TimeSpan spent) => spent.TotalMicroseconds / Rows;
}
