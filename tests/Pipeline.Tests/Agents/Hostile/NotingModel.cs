using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Qwen35Batch.Pipeline.Tests.Agents.Hostile;

/// <summary>Makes its calls, notes of each page the first sentences that it is shown whole, and writes its notes down.</summary>
/// <param name="calls">The calls, one a turn.</param>
internal sealed partial class NotingModel(IReadOnlyList<(string Tool, (string Name, object Value)[] Arguments)> calls) : AgentScript
{
    private int _turn;
    private string _page = "";

    /// <summary>How many sentences could be noted, by the page's name.</summary>
    public Dictionary<string, int> Noted { get; } = [];

    protected override IEnumerable<AIContent> Act(string text)
    {
        if (_turn >= calls.Count) return [new TextContent("enough")];
        var call = calls[_turn++];
        _page = call.Tool == "read_page" ? ((string)call.Arguments[0].Value).Split('/')[^1] : "";
        return [Call(call.Tool, call.Arguments)];
    }

    protected override IEnumerable<(string Claim, string Quote)> Read(string text)
    {
        if (_page.Length == 0) return [];
        var sentences = FencedLines(text).SelectMany(line => Sentences().Matches(line).Select(sentence => sentence.Value.Trim()))
            .Where(sentence => sentence.Length is > 20 and < 390 && !sentence.Contains('…', StringComparison.Ordinal))
            .ToList();
        Noted[_page] = sentences.Count;
        return sentences.Take(12).Select(sentence => (sentence, sentence));
    }

    protected override (string Title, IEnumerable<(string Text, string[] Notes)> Paragraphs) Write(string text) =>
        ("A study", Notes(text).Take(20).Select(note => (note.Claim, new[] { note.Id })));

    protected override IEnumerable<(int Number, string Text, string[] Notes)> Verify(string text) => [];

    [GeneratedRegex(@"[^.!?。]+(?:\.(?!\s|$)[^.!?。]*)*[.!?。]")]
    private static partial Regex Sentences();
}
