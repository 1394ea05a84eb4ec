using System.Globalization;

namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>What is measured, and with how much.</summary>
/// <param name="Jobs">The jobs of a round.</param>
/// <param name="Finished">The finished segments of the big ledger.</param>
/// <param name="Waiting">The jobs that wait while memory is measured.</param>
/// <param name="Keep">A database of a server that stays, for the big ledger; null makes one and drops it.</param>
/// <param name="Most">After so long the filling of the big ledger stops; the next call goes on.</param>
/// <param name="Part"><c>road</c>, <c>workers</c>, <c>ledger</c> or <c>memory</c>; null for all.</param>
internal sealed record PlumbingOptions(int Jobs, int Finished, int Waiting, string? Keep, TimeSpan Most, string? Part)
{
    private static readonly string[] Parts = ["road", "workers", "ledger", "memory"];

    public bool Has(string part) => Part is null || Part == part;

    /// <exception cref="ArgumentException">An argument is none.</exception>
    public static PlumbingOptions Read(IReadOnlyList<string> arguments)
    {
        var options = new PlumbingOptions(2_000, 1_000_000, 100_000, null, TimeSpan.MaxValue, null);
        for (var index = 0; index < arguments.Count; index += 2)
        {
            var value = index + 1 < arguments.Count ? arguments[index + 1] : "";
            var number = int.TryParse(value, CultureInfo.InvariantCulture, out var given) ? given : 0;
            options = arguments[index] switch
            {
                "--jobs" when number > 0 => options with { Jobs = number },
                "--finished" when number > 0 => options with { Finished = number },
                "--waiting" when number > 0 => options with { Waiting = number },
                "--keep" when value.Length > 0 => options with { Keep = value },
                "--most" when number > 0 => options with { Most = TimeSpan.FromSeconds(number) },
                "--part" when Parts.Contains(value) => options with { Part = value },
                _ => throw new ArgumentException(
                    $"'{arguments[index]} {value}' is none of --jobs <number>, --finished <number>, --waiting <number>, "
                        + $"--keep <database>, --most <seconds> and --part <{string.Join('|', Parts)}>."),
            };
        }

        return options;
    }
}
