using System.Globalization;
using System.Text.Json;

namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>Counts what comes of a folder of schemas.</summary>
/// <param name="lists">Whether each difference is printed.</param>
internal sealed class SchemaTally(bool lists)
{
    private const int ExamplesKept = 12;

    // Milliseconds from which on a mask is named.
    private const int SlowMask = 5;

    public SchemaCounts Counts { get; } = new();

    public void Refuse(string name, string message, bool isRight)
    {
        Counts.RefusedRight += isRight ? 1 : 0;
        FileOf(name).Refused++;
        var reason = message[(message.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        var kind = string.Join(
            ' ', reason.Split(' ').Where(word => !word.Any(char.IsDigit) && !word.Contains('\'', StringComparison.Ordinal)).Take(9));
        Counts.Reasons[kind] = Counts.Reasons.GetValueOrDefault(kind) + 1;
        if (lists)
            Console.WriteLine($"  refused {name}: {message}");
    }

    public void Judge(string name, InstanceVerdict verdict, string place)
    {
        Counts.Instances[(int)verdict]++;
        if (verdict == InstanceVerdict.FalseAcceptance)
            Note($"false acceptance in {name}: {place}", isGrave: true);
        else if (verdict != InstanceVerdict.Right)
            Note($"{verdict} in {name} at {place}", isGrave: false);
    }

    /// <summary>Counts a schema by the worst that came of its instances.</summary>
    public void Case(string name, IReadOnlyList<InstanceVerdict> verdicts)
    {
        var file = FileOf(name);
        switch (verdicts.DefaultIfEmpty(InstanceVerdict.Right).Max())
        {
            case InstanceVerdict.Right:
                file.Passing++;
                break;
            case InstanceVerdict.RefusedValid or InstanceVerdict.FalseAcceptance:
                file.Failing++;
                break;
            default:
                file.Documented++;
                break;
        }
    }

    public void Incomplete(string name, string text)
    {
        Counts.Incomplete++;
        Note($"incomplete answer of {name}: {text}", isGrave: true);
    }

    public void Judge(string name, bool? isValid, JsonElement answer)
    {
        Counts.Judged += isValid is null ? 0 : 1;
        if (isValid != false)
            return;
        Counts.WrongAnswers++;
        Note($"wrong answer of {name}: {answer.GetRawText()}", isGrave: true);
    }

    public void CountSlow(string name, TimeSpan compiling)
    {
        if (compiling.TotalMilliseconds > 100)
            Counts.Slow.Add(new(compiling.TotalMilliseconds, $"to compile {name}"));
    }

    /// <param name="name">The schema.</param>
    /// <param name="time">How long the mask took.</param>
    /// <param name="isInterrupted">Whether garbage was collected meanwhile.</param>
    /// <param name="after">What had been written.</param>
    public void Mask(string name, TimeSpan time, bool isInterrupted, Func<string> after)
    {
        (isInterrupted ? Counts.InterruptedMasks : Counts.Masks).Add(time);
        if (time.TotalMilliseconds > SlowMask && !isInterrupted)
            Counts.Slow.Add(new(time.TotalMilliseconds, $"for a mask of {name} after {after()}"));
    }

    public void Print()
    {
        Console.WriteLine($"  schemas                 {Counts.Schemas}");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  compiled                {Counts.Compiled} ({Share(Counts.Compiled)}), refused by pointer "
                    + $"{Counts.Schemas - Counts.Compiled}, of these rightly {Counts.RefusedRight}"));
        var (passing, documented) = (Counts.Files.Values.Sum(file => file.Passing), Counts.Files.Values.Sum(file => file.Documented));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  compiled and passing    {passing} ({Share(passing)}), and {documented} but for what is documented, failing "
                    + $"{Counts.Files.Values.Sum(file => file.Failing)}"));
        Console.WriteLine($"  instances               {Counts.Instances.Sum()}, each walked in the order of the schema's properties");
        Console.WriteLine($"  false acceptances       {Count(InstanceVerdict.FalseAcceptance)}, of grammar and validator");
        Console.WriteLine(
            $"  refused valid instances {Count(InstanceVerdict.RefusedValid)}, and as documented: closed where additionalProperties is not "
                + $"said {Count(InstanceVerdict.ClosedHere)}, formats held to {Count(InstanceVerdict.FormatAsserted)}, judged by the "
                + $"older dialect that is named {Count(InstanceVerdict.OlderDialect)}, taken but never written "
                + $"{Count(InstanceVerdict.NeverWritten)}");
        Console.WriteLine(
            $"  random answers          {Counts.Answers}, judged {Counts.Judged}, wrong {Counts.WrongAnswers}, incomplete "
                + $"{Counts.Incomplete}");
        Console.WriteLine($"  compile ms              {Counts.Compiling.Percentiles(1000)}");
        Console.WriteLine($"  mask us                 {Counts.Masks.Percentiles(1)}");
        Console.WriteLine($"    with a collection     {Counts.InterruptedMasks.Percentiles(1)}");
        var masks = Counts.Masks.Count + Counts.InterruptedMasks.Count;
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"    allocated           {Counts.MaskBytes / Math.Max(masks, 1)} bytes each"));
        PrintFiles();
        foreach (var (reason, count) in Counts.Reasons.OrderByDescending(reason => reason.Value).Take(25))
            Console.WriteLine($"    {count,6} {reason}");
        var slow = Counts.Slow.OrderByDescending(part => part.Milliseconds);
        foreach (var (milliseconds, what) in slow.Take(lists ? int.MaxValue : ExamplesKept))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {milliseconds:0.0} ms {what}"));
        foreach (var example in Counts.Examples)
            Console.WriteLine($"    {example}");
    }

    // Only where files hold several schemas, as in the official suite.
    private void PrintFiles()
    {
        if (Counts.Files.Count == Counts.Schemas)
            return;
        Console.WriteLine($"    {"file",-52} passing documented refused failing");
        foreach (var (file, count) in Counts.Files)
            Console.WriteLine($"    {file,-52} {count.Passing,7} {count.Documented,10} {count.Refused,7} {count.Failing,7}");
    }

    private SchemaFileCount FileOf(string name)
    {
        var file = name.Split('#')[0];
        return Counts.Files.TryGetValue(file, out var known) ? known : Counts.Files[file] = new SchemaFileCount();
    }

    private int Count(InstanceVerdict verdict) => Counts.Instances[(int)verdict];

    private void Note(string example, bool isGrave)
    {
        if (lists)
            Console.WriteLine($"  {example}");
        else if (isGrave && Counts.Examples.Count < ExamplesKept)
            Counts.Examples.Add(example.Length > 300 ? example[..300] : example);
    }

    private string Share(int count) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / Math.Max(1, Counts.Schemas):0.0}%");
}
