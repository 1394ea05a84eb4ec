using System.Text.Json;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Tokenization;

public sealed class ChatTemplateTests
{
    private static readonly JsonElement Cases = TestFiles.Json("chat-cases.json");

    public static IEnumerable<TheoryDataRow<string>> Rendered() => Names(error: false);

    public static IEnumerable<TheoryDataRow<string>> Refused() => Names(error: true);

    [Theory]
    [MemberData(nameof(Rendered))]
    public void The_prompt_is_that_of_the_reference(string name)
    {
        var golden = Case(name);
        var rendered = Render(golden);
        Assert.Equal(golden.GetProperty("expected").GetString(), rendered.Text);

        var writer = new TokenWriter(TestFiles.Tokenizer);
        foreach (var piece in rendered.Pieces)
        {
            if (piece.Kind == PieceKind.Content)
                writer.Content(piece.Text);
            else
                writer.Template(piece.Text);
        }

        Assert.Equal(golden.GetProperty("token_ids").EnumerateArray().Select(i => i.GetInt32()), writer.Finish());
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_conversation_that_the_model_does_not_know_is_refused(string name) =>
        Assert.Throws<InvalidPromptException>(() => Render(Case(name)));

    [Fact]
    public void Arguments_are_written_as_Python_writes_them()
    {
        var call = new TemplateToolCall("f", [.. JsonSerializer.Deserialize<JsonElement>(
            """{"a": true, "b": null, "c": 2.50, "d": {"x": [1, false], "y": "ü\n\u0001"}, "e": 1e3, "f": 1.5e-7, "g": """
                + """123456789012345678901234567890, "h": 0.0001, "i": 1e16, "j": -0.0}""")
            .EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value))]);
        var text = ChatTemplate.Render(
            [new("user", [PromptPiece.Content("q")]), new("assistant", []) { ToolCalls = [call] }],
            new() { AddGenerationPrompt = false }).Text;
        foreach (var expected in (string[])["a>\nTrue\n", "b>\nNone\n", "c>\n2.5\n", "d>\n{\"x\": [1, false], \"y\": "
            + "\"ü\\n\\u0001\"}\n", "e>\n1000.0\n", "f>\n1.5e-07\n",
            "g>\n123456789012345678901234567890\n", "h>\n0.0001\n", "i>\n1e+16\n", "j>\n-0.0\n"])
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<TheoryDataRow<string>> Names(bool error) => Cases.EnumerateArray()
        .Where(c => c.TryGetProperty("error", out _) == error)
        .Select(c => new TheoryDataRow<string>(c.GetProperty("name").GetString()!));

    private static JsonElement Case(string name) => Cases.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

    private static RenderedPrompt Render(JsonElement golden) => ChatTemplate.Render(
        [.. golden.GetProperty("messages").EnumerateArray().Select(Message)],
        new()
        {
            EnableThinking = Switch(golden, "enable_thinking", true),
            AddGenerationPrompt = Switch(golden, "add_generation_prompt", true),
            AddVisionId = Switch(golden, "add_vision_id", false),
            Tools = golden.TryGetProperty("tools", out var tools) ? [.. tools.EnumerateArray()] : [],
        });

    private static bool Switch(JsonElement golden, string name, bool otherwise) =>
        golden.TryGetProperty(name, out var value) ? value.GetBoolean() : otherwise;

    private static TemplateMessage Message(JsonElement message)
    {
        var content = message.GetProperty("content");
        return new(message.GetProperty("role").GetString()!, content.ValueKind == JsonValueKind.String
            ? [PromptPiece.Content(content.GetString()!)]
            : [.. content.EnumerateArray().Select(Piece)])
        {
            Reasoning = message.TryGetProperty("reasoning_content", out var reasoning) ? reasoning.GetString() : null,
            ToolCalls = message.TryGetProperty("tool_calls", out var calls)
                ? [.. calls.EnumerateArray().Select(c => ToolCall(c.GetProperty("function")))]
                : [],
        };
    }

    private static PromptPiece Piece(JsonElement part) => part.GetProperty("type").GetString() switch
    {
        "image" => PromptPiece.Image,
        "video" => PromptPiece.Video,
        _ => PromptPiece.Content(part.GetProperty("text").GetString()!),
    };

    private static TemplateToolCall ToolCall(JsonElement function) => new(
        function.GetProperty("name").GetString()!,
        [.. function.GetProperty("arguments").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value))]);
}
