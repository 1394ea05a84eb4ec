using System.Text.RegularExpressions;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Policy;

/// <summary>
/// The addresses that a job may read: those of its question, and those that results named. An address that a model puts together, and
/// that could carry what it has read to somewhere, is none of them.
/// </summary>
internal sealed partial class SeenAddresses
{
    // What follows an address in a sentence.
    private static readonly char[] Behind = ['.', ',', ';', ')', '。', '、', '）', '」'];

    private readonly Dictionary<string, SeenAddress> _seen = new(StringComparer.Ordinal);

    public static SeenAddresses OfQuestion(string question)
    {
        var seen = new SeenAddresses();
        foreach (Match match in Addresses().Matches(question))
            if (Uri.TryCreate(match.Value.TrimEnd(Behind), UriKind.Absolute, out var address)) seen.Add(new(address, null));
        return seen;
    }

    public bool Contain(Uri address) => _seen.ContainsKey(Key(address));

    public SeenAddress? Find(Uri address) => _seen.GetValueOrDefault(Key(address));

    public void Add(SeenAddress address) => _seen.TryAdd(Key(address.Address), address);

    // What follows a '#' is not sent.
    private static string Key(Uri address) => address.GetLeftPart(UriPartial.Query);

    [GeneratedRegex(@"https?://[^\s<>""'「」（）]+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Addresses();
}
