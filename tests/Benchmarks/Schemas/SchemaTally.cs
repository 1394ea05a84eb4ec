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

    private readonly List<(double Milliseconds, string What)> _slow = [];
    private readonly Dictionary<string, int> _reasons = [];
    private readonly List<string> _examples = [];
    private readonly SortedDictionary<string, SchemaFileCount> _files = new(StringComparer.Ordinal);
    private readonly int[] _instances = new int[Enum.GetValues<InstanceVerdict>().Length];
    private int _refusedRight;
    private int _judged;
    private int _wrongAnswers;
    private int _incomplete;

    public int Schemas { get; set; }

    public int Compiled { get; set; }

    public int Answers { get; set; }

    public List<TimeSpan> Compiling { get; } = [];

    public List<TimeSpan> Masks { get; } = [];

    public void Refuse(string name, string message, bool isRight)
    {
        _refusedRight += isRight ? 1 : 0;
        FileOf(name).Refused++;
        var reason = message[(message.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        var kind = string.Join(
            ' ', reason.Split(' ').Where(word => !word.Any(char.IsDigit) && !word.Contains('\'', StringComparison.Ordinal)).Take(9));
        _reasons[kind] = _reasons.GetValueOrDefault(kind) + 1;
        if (lists)
            Console.WriteLine($"  refused {name}: {message}");
    }

    public void Judge(string name, InstanceVerdict verdict, string place)
    {
        _instances[(int)verdict]++;
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
        _incomplete++;
        Note($"incomplete answer of {name}: {text}", isGrave: true);
    }

    public void Judge(string name, bool? isValid, JsonElement answer)
    {
        _judged += isValid is null ? 0 : 1;
        if (isValid != false)
            return;
        _wrongAnswers++;
        Note($"wrong answer of {name}: {answer.GetRawText()}", isGrave: true);
    }

    public void CountSlow(string name, TimeSpan compiling)
    {
        if (compiling.TotalMilliseconds > 100)
            _slow.Add((compiling.TotalMilliseconds, $"to compile {name}"));
    }

    public void Mask(string name, TimeSpan time, Func<string> after)
    {
        Masks.Add(time);
        if (time.TotalMilliseconds > SlowMask)
            _slow.Add((time.TotalMilliseconds, $"for a mask of {name} after {after()}"));
    }

    public void Print()
    {
        Console.WriteLine($"  schemas                 {Schemas}");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  compiled                {Compiled} ({Share(Compiled)}), refused by pointer {Schemas - Compiled}, of these rightly "
                    + $"{_refusedRight}"));
        var (passing, documented) = (_files.Values.Sum(file => file.Passing), _files.Values.Sum(file => file.Documented));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  compiled and passing    {passing} ({Share(passing)}), and {documented} but for what is documented, failing "
                    + $"{_files.Values.Sum(file => file.Failing)}"));
        Console.WriteLine($"  instances               {_instances.Sum()}, each walked in the order of the schema's properties");
        Console.WriteLine($"  false acceptances       {Count(InstanceVerdict.FalseAcceptance)}, of grammar and validator");
        Console.WriteLine(
            $"  refused valid instances {Count(InstanceVerdict.RefusedValid)}, and as documented: closed where additionalProperties is not "
                + $"said {Count(InstanceVerdict.ClosedHere)}, formats held to {Count(InstanceVerdict.FormatAsserted)}, taken but never "
                + $"written {Count(InstanceVerdict.NeverWritten)}");
        Console.WriteLine($"  random answers          {Answers}, judged {_judged}, wrong {_wrongAnswers}, incomplete {_incomplete}");
        Console.WriteLine($"  compile ms              {Percentiles(Compiling, span => span.TotalMilliseconds)}");
        Console.WriteLine($"  mask us                 {Percentiles(Masks, span => span.TotalMicroseconds)}");
        PrintFiles();
        foreach (var (reason, count) in _reasons.OrderByDescending(reason => reason.Value).Take(25))
            Console.WriteLine($"    {count,6} {reason}");
        foreach (var (milliseconds, what) in _slow.OrderByDescending(slow => slow.Milliseconds).Take(lists ? int.MaxValue : ExamplesKept))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {milliseconds:0.0} ms {what}"));
        foreach (var example in _examples)
            Console.WriteLine($"    {example}");
    }

    // Only where files hold several schemas, as in the official suite.
    private void PrintFiles()
    {
        if (_files.Count == Schemas)
            return;
        Console.WriteLine($"    {"file",-52} passing documented refused failing");
        foreach (var (file, count) in _files)
            Console.WriteLine($"    {file,-52} {count.Passing,7} {count.Documented,10} {count.Refused,7} {count.Failing,7}");
    }

    private SchemaFileCount FileOf(string name)
    {
        var file = name.Split('#')[0];
        return _files.TryGetValue(file, out var known) ? known : _files[file] = new SchemaFileCount();
    }

    private int Count(InstanceVerdict verdict) => _instances[(int)verdict];

    private void Note(string example, bool isGrave)
    {
        if (lists)
            Console.WriteLine($"  {example}");
        else if (isGrave && _examples.Count < ExamplesKept)
            _examples.Add(example.Length > 300 ? example[..300] : example);
    }

    private string Share(int count) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / Math.Max(1, Schemas):0.0}%");

    private static string Percentiles(List<TimeSpan> times, Func<TimeSpan, double> unit)
    {
        if (times.Count == 0)
            return "-";
        var sorted = times.Select(unit).Order().ToArray();
        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"p50 {At(0.5):0.00}, p90 {At(0.9):0.00}, p99 {At(0.99):0.00}, p99.9 {At(0.999):0.00}, largest {sorted[^1]:0.0}");
    }
}
