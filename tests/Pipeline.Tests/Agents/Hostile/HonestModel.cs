using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Qwen35Batch.Pipeline.Tests.Agents.Hostile;

/// <summary>Does what the question asks: makes some calls, notes the facts that it knows, and writes them down.</summary>
/// <param name="calls">The calls, one a turn.</param>
/// <param name="facts">Sentences of the sources with what an honest reader makes of them.</param>
internal sealed partial class HonestModel(
    IReadOnlyList<(string Tool, (string Name, object Value)[] Arguments)> calls, IReadOnlyList<(string Quote, string Claim)> facts)
    : AgentScript
{
    private int _turn;

    public string Title { get; init; } = "調査の結果";

    protected override IEnumerable<AIContent> Act(string text)
    {
        var turn = _turn++;
        return turn < calls.Count ? [Call(calls[turn].Tool, calls[turn].Arguments)] : [new TextContent("enough")];
    }

    protected override IEnumerable<(string Claim, string Quote)> Read(string text) =>
        facts.Where(fact => text.Contains(fact.Quote, StringComparison.Ordinal)).Select(fact => (fact.Claim, fact.Quote));

    protected override (string Title, IEnumerable<(string Text, string[] Notes)> Paragraphs) Write(string text) =>
        (Title, Notes(text).Select(note => (note.Claim, new[] { note.Id })));

    // What could not be carried is given up.
    protected override IEnumerable<(int Number, string Text, string[] Notes)> Verify(string text) =>
        Numbered().Matches(text)
            .Select(match => (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), "", Array.Empty<string>()));

    [GeneratedRegex(@"^(\d+): ", RegexOptions.Multiline)]
    private static partial Regex Numbered();
}
