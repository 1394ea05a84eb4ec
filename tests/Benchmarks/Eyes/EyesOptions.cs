using System.Globalization;

namespace Qwen35Batch.Benchmarks.Eyes;

/// <summary>What is made and measured.</summary>
/// <param name="Insights">The jobs of the ledger; one in fifty has no insight.</param>
/// <param name="Keep">The database that stays, and that a later call goes on to fill; null for one that is dropped.</param>
/// <param name="Most">How long a call makes rows.</param>
/// <param name="Plans">Whether the plans are printed.</param>
internal sealed record EyesOptions(int Insights, string? Keep, TimeSpan Most, bool Plans)
{
    /// <exception cref="ArgumentException">An argument is none.</exception>
    public static EyesOptions Read(IReadOnlyList<string> arguments)
    {
        var options = new EyesOptions(1_000_000, null, TimeSpan.FromSeconds(180), false);
        for (var index = 0; index < arguments.Count; index += 2)
        {
            var value = index + 1 < arguments.Count ? arguments[index + 1] : "";
            var number = int.TryParse(value, CultureInfo.InvariantCulture, out var given) ? given : 0;
            options = arguments[index] switch
            {
                "--insights" when number > 0 => options with { Insights = number },
                "--keep" when value.Length > 0 => options with { Keep = value },
                "--most" when number > 0 => options with { Most = TimeSpan.FromSeconds(number) },
                "--plans" when value is "yes" or "no" => options with { Plans = value == "yes" },
                _ => throw new ArgumentException(
                    $"'{arguments[index]} {value}' is none of --insights <number>, --keep <database>, --most <seconds> and --plans "
                        + "<yes|no>."),
            };
        }

        return options;
    }
}
