using System.Globalization;
using System.Text.Json;

namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>Counts what comes of a folder of schemas.</summary>
/// <param name="lists">Whether each difference is printed.</param>
internal sealed class SchemaTally(bool lists)
{
    private const int ExamplesKept = 12;

    private readonly List<string> _slow = [];
    private readonly Dictionary<string, int> _reasons = [];
    private readonly List<string> _examples = [];
    private int _falseAcceptances;
    private int _refusedValid;
    private int _refusedRight;
    private int _judged;
    private int _wrongAnswers;
    private int _incomplete;

    public int Schemas { get; set; }

    public int Compiled { get; set; }

    public int Passing { get; set; }

    public int Answers { get; set; }

    public List<TimeSpan> Compiling { get; } = [];

    public List<TimeSpan> Masks { get; } = [];

    public void Refuse(string name, string message, bool isRight)
    {
        _refusedRight += isRight ? 1 : 0;
        var reason = message[(message.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        var kind = string.Join(
            ' ', reason.Split(' ').Where(word => !word.Any(char.IsDigit) && !word.Contains('\'', StringComparison.Ordinal)).Take(9));
        _reasons[kind] = _reasons.GetValueOrDefault(kind) + 1;
        if (lists)
            Console.WriteLine($"  refused {name}: {message}");
    }

    public void Differ(string name, bool isAccepted, string at)
    {
        if (isAccepted)
            _falseAcceptances++;
        else
            _refusedValid++;
        Note(isAccepted ? $"false acceptance in {name}" : $"valid instance refused in {name} at {at}", isAccepted);
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
            _slow.Add(string.Create(CultureInfo.InvariantCulture, $"{name} compiled in {compiling.TotalMilliseconds:0} ms"));
    }

    public void Mask(string name, TimeSpan time, Func<string> after)
    {
        Masks.Add(time);
        if (time.TotalMilliseconds > 5)
        {
            _slow.Add(
                string.Create(CultureInfo.InvariantCulture, $"{name} took {time.TotalMilliseconds:0.0} ms for a mask after {after()}"));
        }
    }

    public void Print()
    {
        Console.WriteLine($"  schemas                 {Schemas}");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  compiled                {Compiled} ({Share(Compiled)}), refused by pointer {Schemas - Compiled}, of these rightly "
                    + $"{_refusedRight}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  compiled and passing    {Passing} ({Share(Passing)})"));
        Console.WriteLine($"  false acceptances       {_falseAcceptances}");
        Console.WriteLine($"  refused valid instances {_refusedValid}");
        Console.WriteLine($"  random answers          {Answers}, judged {_judged}, wrong {_wrongAnswers}, incomplete {_incomplete}");
        Console.WriteLine($"  compile ms              {Percentiles(Compiling, span => span.TotalMilliseconds)}");
        Console.WriteLine($"  mask us                 {Percentiles(Masks, span => span.TotalMicroseconds)}");
        foreach (var (reason, count) in _reasons.OrderByDescending(reason => reason.Value).Take(25))
            Console.WriteLine($"    {count,6} {reason}");
        foreach (var slow in _slow.TakeLast(lists ? int.MaxValue : ExamplesKept))
            Console.WriteLine($"    slow: {slow}");
        foreach (var example in _examples)
            Console.WriteLine($"    {example}");
    }

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
