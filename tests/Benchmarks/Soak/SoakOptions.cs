using System.Globalization;

namespace Qwen35Batch.Benchmarks.Soak;

/// <summary>How long, and how much.</summary>
/// <param name="Minutes">How long jobs come in and things break.</param>
/// <param name="Jobs">How many jobs come in, spread over that time.</param>
/// <param name="KillEvery">The time between two kills.</param>
internal sealed record SoakOptions(double Minutes, int Jobs, TimeSpan KillEvery)
{
    public TimeSpan Duration => TimeSpan.FromMinutes(Minutes);

    /// <exception cref="ArgumentException">An argument is none.</exception>
    public static SoakOptions Read(IReadOnlyList<string> arguments)
    {
        var options = new SoakOptions(30, 20_000, TimeSpan.FromSeconds(20));
        for (var index = 0; index < arguments.Count; index += 2)
        {
            var value = index + 1 < arguments.Count
                && double.TryParse(arguments[index + 1], CultureInfo.InvariantCulture, out var number) && number > 0 ? number : 0;
            options = (arguments[index], value) switch
            {
                ("--minutes", > 0) => options with { Minutes = value },
                ("--jobs", >= 1) => options with { Jobs = (int)value },
                ("--kill-every", > 0) => options with { KillEvery = TimeSpan.FromSeconds(value) },
                _ => throw new ArgumentException(
                    $"'{arguments[index]}' is none of --minutes <number>, --jobs <number> and --kill-every <seconds>."),
            };
        }

        return options;
    }
}
