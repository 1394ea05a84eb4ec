using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Qwen35Batch.Pipeline.Tests.Agents.Hostile;

namespace Qwen35Batch.Pipeline.Tests.Agents.Runs;

/// <summary>Makes the calls of a list that were not made yet, notes all sentences with a number, and writes the notes down.</summary>
internal sealed partial class PlainScript(params (string Tool, (string Name, object Value)[] Arguments)[] calls) : AgentScript
{
    /// <summary>Told before and after each answer, with what was asked for.</summary>
    public Action<string> At { get; set; } = _ => { };

    /// <summary>Makes the next call from what was said, in the place of the list.</summary>
    public Func<string, IEnumerable<AIContent>>? Next { get; init; }

    /// <summary>Paragraphs beside those of the notes.</summary>
    public IReadOnlyList<(string Text, string[] Notes)> More { get; init; } = [];

    /// <summary>What a paragraph becomes when it is asked for again; null gives it up.</summary>
    public Func<string, (string Text, string[] Notes)>? Again { get; init; }

    /// <summary>A note of something that is nowhere; null for none.</summary>
    public (string Claim, string Quote)? Invented { get; init; }

    public string Title { get; init; } = "Layers";

    public int Verifications { get; private set; }

    protected override IEnumerable<AIContent> Act(string text)
    {
        At("before effect");
        AIContent[] said = Next is { } next
            ? [.. next(text)]
            : calls.Where(call => !text.Contains($"\n{call.Tool} {{", StringComparison.Ordinal)).Take(1)
                .Select(AIContent (call) => Call(call.Tool, call.Arguments))
                .DefaultIfEmpty(new TextContent("enough"))
                .ToArray();
        At("after effect");
        return said;
    }

    protected override IEnumerable<(string Claim, string Quote)> Read(string text) =>
        FencedLines(text).Where(line => line.Any(char.IsAsciiDigit) && line.EndsWith('.')).Select(line => (line, line))
            .Concat(Invented is { } lie ? [lie] : []);

    protected override (string Title, IEnumerable<(string Text, string[] Notes)> Paragraphs) Write(string text) =>
        (Title, Notes(text).Select(note => (note.Claim, new[] { note.Id })).Concat(More));

    protected override IEnumerable<(int Number, string Text, string[] Notes)> Verify(string text)
    {
        Verifications++;
        return Numbered().Matches(text).Select(match =>
        {
            var (anew, notes) = Again?.Invoke(text) ?? ("", []);
            return (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), anew, notes);
        });
    }

    [GeneratedRegex(@"^(\d+): ", RegexOptions.Multiline)]
    private static partial Regex Numbered();
}
