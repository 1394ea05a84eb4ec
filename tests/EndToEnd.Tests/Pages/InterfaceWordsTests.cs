using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence.History;

namespace Qwen35Batch.EndToEnd.Tests.Pages;

/// <summary>Whatever the pages say, they can say in Japanese.</summary>
public sealed partial class InterfaceWordsTests
{
    private static readonly string Folder = Path.Combine(Repository.Folder, "src/Worker/Dashboard/Pages");

    [Fact]
    public void Every_text_of_the_pages_has_its_japanese()
    {
        var known = Japanese();
        var texts = Directory.EnumerateFiles(Folder, "*.html").Select(File.ReadAllText)
            .SelectMany(html => Marked().Matches(html).Concat(Labelled().Matches(html)))
            .Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))
            .Concat(Scripts().SelectMany(script => Asked().Matches(script)).Select(match => Unescaped(match.Groups[1].Value)))
            .ToList();
        Assert.True(texts.Count > 150, $"Only {texts.Count} texts were found.");

        Assert.Empty(texts.Where(text => !known.Contains(text)).Distinct());
    }

    [Fact]
    public void Every_name_of_a_state_kind_or_reason_has_its_japanese()
    {
        var known = Japanese();
        IEnumerable<string> names =
        [
            .. Spelling.Names<JobState>(), .. Spelling.Names<SegmentState>(), .. Spelling.Names<SegmentKind>(),
            .. Spelling.Names<MediaKind>(), .. Spelling.Names<RejectionReason>(), .. Spelling.Names<JobEventKind>(),
            .. Spelling.Names<StepKind>(), .. Spelling.Names<StepState>(),
        ];

        var unknown = names.Select(name => Capital().Replace(name, " $0").ToLowerInvariant()).Where(word => !known.Contains(word)).ToList();
        Assert.Empty(unknown);
    }

    private static IEnumerable<string> Scripts() =>
        Directory.EnumerateFiles(Folder, "*.js").Where(file => Path.GetFileName(file) != "words.js").Select(File.ReadAllText);

    private static HashSet<string> Japanese() =>
    [
        .. Entry().Matches(File.ReadAllText(Path.Combine(Folder, "words.js"))).Select(match => Unescaped(match.Groups[1].Value)),
    ];

    /// <summary>What a literal of JavaScript says.</summary>
    private static string Unescaped(string literal) => literal[0] == '\''
        ? literal[1..^1]
        : JsonSerializer.Deserialize<string>(literal)!;

    [GeneratedRegex("""data-t(?: hidden)?>([^<]+)<""")]
    private static partial Regex Marked();

    [GeneratedRegex("""data-label="([^"]+)""")]
    private static partial Regex Labelled();

    /// <summary>The texts of calls of t, also where one of two is chosen.</summary>
    [GeneratedRegex("""(?<=\bt\((?:[^()"']*\? (?:"[^"]*" : )?)?)("(?:[^"\\]|\\.)*"|'[^']*')""")]
    private static partial Regex Asked();

    [GeneratedRegex("""("(?:[^"\\]|\\.)*"|'[^']*')\s*:\s*"[^"]""")]
    private static partial Regex Entry();

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Capital();
}
