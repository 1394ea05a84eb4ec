using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Qwen35Batch.Pipeline.Tests.Agents.Hostile;

/// <summary>
/// Stands for the model of an agent's task. It finds out which role it has by what it is asked for, and has no memory beside what it is
/// sent, as a model has none.
/// </summary>
internal abstract partial class AgentScript : IChatClient
{
    private readonly Lock _lock = new();

    /// <summary>What it calls itself.</summary>
    public string Model { get; init; } = "scripted@1";

    /// <summary>All requests so far.</summary>
    public List<(List<ChatMessage> Messages, ChatOptions Options)> Requests { get; } = [];

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var sent = messages.ToList();
        lock (_lock) Requests.Add((sent, options!));
        var text = sent[^1].Text;
        ChatMessage answer = options!.Tools is { Count: > 0 }
            ? new(ChatRole.Assistant, [.. Act(text)])
            : new(ChatRole.Assistant, JsonSerializer.Serialize(Answer(Role(options), text)));
        return Task.FromResult(new ChatResponse(answer)
        {
            ModelId = Model,
            FinishReason = ChatFinishReason.Stop,
            Usage = new() { InputTokenCount = 100, OutputTokenCount = 10 },
        });
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("An agent asks for whole answers.");

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    /// <summary>The calls of the planner, or the word that it has enough.</summary>
    /// <param name="text">What the user says: question, plan, calls so far with their notes.</param>
    protected abstract IEnumerable<AIContent> Act(string text);

    /// <summary>What the reader notes.</summary>
    protected abstract IEnumerable<(string Claim, string Quote)> Read(string text);

    /// <summary>The report's title and its paragraphs.</summary>
    protected abstract (string Title, IEnumerable<(string Text, string[] Notes)> Paragraphs) Write(string text);

    /// <summary>The paragraphs that are asked for again.</summary>
    protected abstract IEnumerable<(int Number, string Text, string[] Notes)> Verify(string text);

    protected static FunctionCallContent Call(string tool, params (string Name, object Value)[] arguments) =>
        new(Guid.NewGuid().ToString("N"), tool, arguments.ToDictionary(each => each.Name, each => (object?)each.Value));

    /// <summary>The notes in what was sent.</summary>
    protected static IReadOnlyList<(string Id, string Claim, string Quote)> Notes(string text) =>
    [
        .. NoteLine().Matches(text)
            .Select(match => (Id: match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))
            .DistinctBy(note => note.Id)
    ];

    /// <summary>The lines within the fence.</summary>
    protected static IReadOnlyList<string> FencedLines(string text) =>
        [.. Fence().Matches(text).SelectMany(match => match.Groups[2].Value.Split('\n')).Where(line => line.Length > 0)];

    private object Answer(string role, string text) => role switch
    {
        "plan" => new { plan = new[] { "Search.", "Read what was found.", "Write." } },
        "notes" => new { notes = Read(text).Select(note => new { claim = Cut(note.Claim), quote = Cut(note.Quote) }).ToArray() },
        "sections" => Report(text),
        "paragraphs" => new
        {
            paragraphs = Verify(text).Select(each => new { number = each.Number, text = each.Text, notes = each.Notes }).ToArray(),
        },
        _ => throw new InvalidOperationException($"A request for '{role}' is in no script."),
    };

    private object Report(string text)
    {
        var (title, paragraphs) = Write(text);
        return new
        {
            title,
            sections = new[]
            {
                new { heading = "結果", paragraphs = paragraphs.Select(each => new { text = each.Text, notes = each.Notes }).ToArray() },
            },
        };
    }

    private static string Cut(string text) => text.Length <= 400 ? text : text[..400];

    private static string Role(ChatOptions options) =>
        ((ChatResponseFormatJson)options.ResponseFormat!).Schema!.Value.GetProperty("properties").EnumerateObject()
            .Select(property => property.Name)
            .First(name => name is "plan" or "notes" or "sections" or "paragraphs");

    [GeneratedRegex("^(n\\d+) \\(source \\d+\\): (.*) — \"(.*)\"$", RegexOptions.Multiline)]
    private static partial Regex NoteLine();

    [GeneratedRegex(@"<<<([0-9a-f]{8})\n(.*?)\n\1>>>", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
