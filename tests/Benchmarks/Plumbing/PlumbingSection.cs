using System.Globalization;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>
/// The road from a message to a row and its event, with everything on this machine, against a bare consumer in the same run. The database
/// has its own defaults: a commit is on the disk before its message is acknowledged, for both.
/// </summary>
internal static class PlumbingSection
{
    private const double FewestIntake = 0.5;
    private const double FewestFinished = 0.2;
    private const double MostMilliseconds = 5;
    private const double FewestOfTwo = 1.8;
    private const double FewestOfBig = 0.9;
    private const double MostMiB = 100;
    private const int LedgerRounds = 7;
    private const int JobsAlone = 10;

    public static BenchmarkSection Create() => new(
        "plumbing",
        "message to event against a bare consumer [--jobs 2000] [--finished 1000000] [--waiting 100000] [--part road] "
            + "[--keep database] [--most 180]",
        RunAsync)
    {
        OnlyByName = true
    };

    private static async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = PlumbingOptions.Read(arguments);
        await using var broker = await RabbitMqServer.StartAsync();
        await using var server = await PostgresServer.StartAsync(isDurable: true);
        if ((broker.SkipReason ?? server.SkipReason) is { } reason) throw new InvalidOperationException(reason);
        if (options.Has("road")) await OnBenchAsync(RoadAsync);
        if (options.Has("workers")) await OnBenchAsync(WorkersAsync);
        if (options.Has("ledger"))
        {
            await OnBenchAsync(
                (empty, _, _) => OnBenchAsync((big, _, _) => LedgerAsync(empty, big, options, cancellationToken), options.Keep));
        }

        if (options.Has("memory")) await OnBenchAsync(MemoryAsync);

        async Task OnBenchAsync(Func<PlumbingBench, PlumbingOptions, CancellationToken, Task> measure, string? keep = null)
        {
            var folder = Directory.CreateTempSubdirectory("qwen35batch-plumbing-").FullName;
            try
            {
                await using var bench = await PlumbingBench.OpenAsync(server, broker, folder, keep, cancellationToken);
                await measure(bench, options, cancellationToken);
            }
            finally
            {
                if (Environment.ExitCode == 0) Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task RoadAsync(PlumbingBench bench, PlumbingOptions options, CancellationToken cancellationToken)
    {
        await bench.StartAsync(1, cancellationToken);
        // Code that is hot is compiled anew: measured is what costs whoever has run for a while, on all sides after as many messages.
        await bench.BareAsync(options.Jobs, asOurs: false, cancellationToken);
        await bench.BareAsync(options.Jobs, asOurs: true, cancellationToken);
        await bench.RoundAsync(options.Jobs, cancellationToken);
        var (bare, servers) = await bench.BareAsync(options.Jobs, asOurs: false, cancellationToken);
        var (ours, ourServers) = await bench.BareAsync(options.Jobs, asOurs: true, cancellationToken);
        var last = await bench.Ledger.LastJobAsync();
        var round = await bench.RoundAsync(options.Jobs, cancellationToken);
        Say(round);
        Console.WriteLine($"  of all at once: {await bench.Ledger.WaitsAsync(last)}");
        last = await bench.Ledger.LastJobAsync();
        for (var job = 0; job < JobsAlone; job++) await bench.RoundAsync(1, cancellationToken);
        Console.WriteLine($"  of one alone:   {await bench.Ledger.WaitsAsync(last)}");
        Judge("jobs taken in, against a bare consumer with one insert", FewestIntake, round.Intake / bare, atLeast: true);
        Judge("jobs from message to event, against the same", FewestFinished, round.Finished / bare, atLeast: true);
        Judge("processor time of the worker a job, ms", MostMilliseconds, round.Processor.TotalMilliseconds, atLeast: false);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  bare, as MassTransit is by itself: {bare:0} messages/s; processor time a message: {servers}\n"
                + $"  bare, with the worker's kind of queue and concurrency: {ours:0} messages/s; processor time a message: {ourServers}"));
    }

    private static async Task WorkersAsync(PlumbingBench bench, PlumbingOptions options, CancellationToken cancellationToken)
    {
        // So few at once that the endpoint's time decides, and not the processors that everything shares here.
        string[] few = ["Stages:AnalyseConcurrency=3"];
        var one = await WarmRoundAsync(1, options.Jobs / 4);
        var two = await WarmRoundAsync(2, options.Jobs / 2);
        Judge("two workers against one, 50 ms an answer", FewestOfTwo, two.Finished / one.Finished, atLeast: true);
        Judge("samples in which a claim waited for a lock", 0, two.ClaimWaits, atLeast: false);

        async Task<PlumbingRound> WarmRoundAsync(int workers, int jobs)
        {
            // Code that is hot is compiled anew, in the first thousand jobs of each.
            bench.Endpoint.Latency = TimeSpan.Zero;
            await bench.StartAsync(workers, cancellationToken, few);
            await bench.RoundAsync(options.Jobs, cancellationToken);
            bench.Endpoint.Latency = TimeSpan.FromMilliseconds(50);
            var round = await bench.RoundAsync(jobs, cancellationToken);
            Say(round);
            return round;
        }
    }

    private static async Task LedgerAsync(
        PlumbingBench empty, PlumbingBench big, PlumbingOptions options, CancellationToken cancellationToken)
    {
        if (!await big.Ledger.FillAsync(options.Finished, options.Most, cancellationToken))
        {
            Console.WriteLine("  the big ledger is not full yet: call it again");
            return;
        }

        await big.StartAsync(1, cancellationToken);
        await empty.StartAsync(1, cancellationToken);
        // Code that is hot is compiled anew, in the first seconds.
        await big.RoundAsync(options.Jobs, cancellationToken);
        await empty.RoundAsync(options.Jobs, cancellationToken);
        // In turns, each first as often as the other: whatever else the machine does then slows both.
        var (rates, ratesOfBig) = (new List<double>(), new List<double>());
        for (var round = 0; round < LedgerRounds; round++)
        {
            if (round % 2 == 1) ratesOfBig.Add(await RateAsync(big));
            rates.Add(await RateAsync(empty));
            if (round % 2 == 0) ratesOfBig.Add(await RateAsync(big));
        }

        var medians = Median(ratesOfBig) / Median(rates);
        Judge(
            string.Create(CultureInfo.InvariantCulture, $"jobs/s with {options.Finished:N0} finished segments, against none"),
            FewestOfBig,
            ratesOfBig.Max() / rates.Max(),
            atLeast: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  of the best round of each; of the medians {medians:0.000}"));

        async Task<double> RateAsync(PlumbingBench bench)
        {
            var round = await bench.RoundAsync(options.Jobs, cancellationToken);
            Say(round);
            return round.Finished;
        }

        static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }

    private static async Task MemoryAsync(PlumbingBench bench, PlumbingOptions options, CancellationToken cancellationToken)
    {
        await bench.StartAsync(1, cancellationToken);
        await bench.RoundAsync(options.Jobs / 4, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(10), cancellationToken);
        var idle = bench.Worker.MemoryMiB();
        bench.Endpoint.Latency = Timeout.InfiniteTimeSpan;
        await bench.Ledger.AddWaitingAsync(options.Waiting, bench.NewFile());
        await Task.Delay(TimeSpan.FromSeconds(30), cancellationToken);
        Judge(
            string.Create(CultureInfo.InvariantCulture, $"MiB over idle ({idle:0}) with {options.Waiting:N0} jobs waiting"),
            MostMiB,
            bench.Worker.MemoryMiB() - idle,
            atLeast: false);
    }

    private static void Say(PlumbingRound round) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {round.Intake:0} jobs/s in, {round.Finished:0.0} jobs/s to event, {round.Processor.TotalMilliseconds:0.0} ms a job, "
            + $"{round.Transactions:0.00} transactions a job, {round.LockWaits} waits for locks seen\n"
            + $"  processor time a job: worker {round.Processor.TotalMilliseconds:0.00}, {round.Servers}"));

    private static void Judge(string what, double asked, double seen, bool atLeast) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {what,-64} asked {(atLeast ? ">=" : "<=")} {asked,6:0.##}  seen {seen,8:0.000} "
            + $"{((atLeast ? seen >= asked : seen <= asked) ? "" : "SHORT")}"));
}
