using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Chat;

public sealed class Qwen35ChatClientTests(TinyEngine tiny) : IClassFixture<TinyEngine>
{
    private static readonly Qwen35Tokenizer Tokenizer = Qwen35Tokenizer.Load(TestData.Folder("tiny-moe"));

    private static readonly ChatMessage[] Hello =
    [
        new(ChatRole.System, "You extract structured insights."),
        new(ChatRole.User, "Say hello.")
    ];

    private static readonly JsonElement Person = JsonDocument.Parse("""
        {"type":"object","properties":{"name":{"type":"string","maxLength":12},"age":{"type":"integer","minimum":0,"maximum":150},
         "tags":{"type":"array","items":{"enum":["a","b"]},"maxItems":3}},
         "required":["name","age","tags"],"additionalProperties":false}
        """).RootElement;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Cases => [.. GoldenChat.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_chat_gets_the_answer_of_the_reference_implementation(string name)
    {
        var chat = GoldenChat.Read(name);

        var response = await tiny.Client.GetResponseAsync(chat.Messages, chat.Options, Cancelled);

        Assert.StartsWith(Tokenizer.Decode(chat.Certain).Trim(), response.Text, StringComparison.Ordinal);
        Assert.True(chat.Certain.Length > 4);
        Assert.Equal(chat.Case.TokenIds.Length, response.Usage!.InputTokenCount);
        Assert.Equal(24, response.Usage.OutputTokenCount);
        Assert.Equal(chat.Case.MediaIndexes.Length, response.Usage.AdditionalCounts!["media_tokens"]);
        Assert.Equal(
            chat.Case.Images.Count
                + chat.Messages.Sum(message => message.Contents.Count(content => content.AdditionalProperties is not null)),
            response.Usage.AdditionalCounts["pictures"]);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal(tiny.Engine.ModelIdentity, response.ModelId);
    }

    [Fact]
    public async Task Twelve_chats_at_the_same_time_get_the_answers_that_each_gets_alone()
    {
        var chats = Enumerable.Range(0, 12).Select(i => GoldenChat.Read(GoldenChat.Names[i % 7])).ToArray();

        var answers = await Task.WhenAll(chats.Select(chat => tiny.Client.GetResponseAsync(chat.Messages, chat.Options, Cancelled)));

        Assert.All(
            answers.Zip(chats),
            pair => Assert.StartsWith(Tokenizer.Decode(pair.Second.Certain).Trim(), pair.First.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_chat_with_the_same_instructions_and_picture_takes_both_from_the_caches()
    {
        var chat = GoldenChat.Read("image-one");
        var messages = new[]
        {
            new ChatMessage(ChatRole.System, "Instructions that no other test has, so that the first chat computes them."),
            chat.Messages[1]
        };

        var first = await tiny.Client.GetResponseAsync(messages, chat.Options, Cancelled);
        var second = await tiny.Client.GetResponseAsync(messages, chat.Options, Cancelled);

        Assert.Equal(0, first.Usage!.CachedInputTokenCount);
        Assert.True(second.Usage!.CachedInputTokenCount > 10);
        Assert.Equal(second.Usage.AdditionalCounts!["media_tokens"], second.Usage.AdditionalCounts["cached_media_tokens"]);
        Assert.Equal(first.Text, second.Text);
        Assert.True(tiny.Engine.Statistics.CachedPromptTokens >= second.Usage.CachedInputTokenCount);
    }

    [Theory]
    [InlineData("text-ja")]
    [InlineData("image-one")]
    public async Task A_streamed_answer_is_the_whole_answer_in_pieces(string name)
    {
        var chat = GoldenChat.Read(name);
        var whole = await tiny.Client.GetResponseAsync(chat.Messages, chat.Options, Cancelled);

        var updates = await tiny.Client.GetStreamingResponseAsync(chat.Messages, chat.Options, Cancelled).ToListAsync(Cancelled);

        var response = updates.ToChatResponse();
        Assert.True(updates.Count > 3);
        Assert.Equal(whole.Text, response.Text);
        Assert.Equal(whole.FinishReason, response.FinishReason);
        Assert.Equal(whole.Usage!.OutputTokenCount, response.Usage!.OutputTokenCount);
        Assert.Equal(whole.ModelId, response.ModelId);
    }

    [Fact]
    public async Task A_reader_that_leaves_frees_its_slot()
    {
        await foreach (var _ in tiny.Client.GetStreamingResponseAsync(
            Hello, new ChatOptions { MaxOutputTokens = 900, Temperature = 1, Seed = 1 }, Cancelled))
        {
            break;
        }

        await tiny.Client.GetResponseAsync(Hello, new ChatOptions { MaxOutputTokens = 2 }, Cancelled);
        Assert.Equal(0, tiny.Engine.Statistics.Pending);
    }

    [Theory]
    [InlineData(0f, false)]
    [InlineData(1.2f, false)]
    [InlineData(0f, true)]
    public async Task An_answer_in_a_schema_is_valid_also_when_the_tokens_hardly_suffice(float temperature, bool isThinking)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => tiny.Client.GetResponseAsync(Hello, new ChatOptions
        {
            ResponseFormat = ChatResponseFormat.ForJsonSchema(Person),
            MaxOutputTokens = 40 + (i * 10),
            Temperature = temperature,
            Seed = i,
            AdditionalProperties = new() { ["enable_thinking"] = isThinking },
        }, Cancelled)));

        Assert.All(answers, answer =>
        {
            using var json = JsonDocument.Parse(answer.Text);
            Assert.InRange(json.RootElement.GetProperty("age").GetInt32(), 0, 150);
            Assert.InRange(json.RootElement.GetProperty("name").GetString()!.Length, 0, 12);
            Assert.InRange(json.RootElement.GetProperty("tags").GetArrayLength(), 0, 3);
            Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
            Assert.Equal(isThinking, answer.Messages[0].Contents.OfType<TextReasoningContent>().Any());
            Assert.Equal(isThinking, answer.Usage!.ReasoningTokenCount > 0);
        });
    }

    [Fact]
    public async Task A_schema_that_cannot_be_honoured_is_refused_with_its_place()
    {
        var schema = JsonDocument.Parse("""{"type":"object","properties":{"a":{"pattern":"("}}}""").RootElement;

        var error = await Assert.ThrowsAsync<RequestRefusedException>(
            () =>
                tiny.Client.GetResponseAsync(
                    Hello, new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) }, Cancelled));

        Assert.Contains("#/properties/a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_without_a_schema_is_any_value_and_complete()
    {
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 40 };

        var answer = await tiny.Client.GetResponseAsync(Hello, options, Cancelled);

        Assert.NotEqual(JsonValueKind.Undefined, JsonDocument.Parse(answer.Text).RootElement.ValueKind);
    }

    [Fact]
    public async Task A_required_tool_is_called_with_arguments_of_its_schema()
    {
        var options = new ChatOptions
        {
            Tools =
            [
                AIFunctionFactory.CreateDeclaration("greet", "Greets.", Person),
                AIFunctionFactory.CreateDeclaration("other", "Never.", Person)
            ],
            ToolMode = ChatToolMode.RequireSpecific("greet"),
            AllowMultipleToolCalls = false,
            MaxOutputTokens = 150,
        };

        var answer = await tiny.Client.GetResponseAsync(Hello, options, Cancelled);
        var streamed = await tiny.Client.GetStreamingResponseAsync(Hello, options, Cancelled).ToChatResponseAsync(Cancelled);

        foreach (var response in (ChatResponse[])[answer, streamed])
        {
            var call = Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
            Assert.Equal("greet", call.Name);
            Assert.Equal(["name", "age", "tags"], call.Arguments!.Keys);
            Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        }
    }

    [Fact]
    public async Task A_stop_sequence_ends_the_answer_before_it()
    {
        var chat = GoldenChat.Read("text-short");
        var whole = (await tiny.Client.GetResponseAsync(chat.Messages, chat.Options, Cancelled)).Text;
        chat.Options.StopSequences = ["Source", "never"];

        var answer = await tiny.Client.GetResponseAsync(chat.Messages, chat.Options, Cancelled);
        var streamed = await tiny.Client.GetStreamingResponseAsync(chat.Messages, chat.Options, Cancelled).ToChatResponseAsync(Cancelled);

        Assert.Equal(whole[..whole.IndexOf("Source", StringComparison.Ordinal)].Trim(), answer.Text);
        Assert.Equal(answer.Text, streamed.Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
    }

    [Fact]
    public async Task A_prompt_that_does_not_fit_is_refused_with_the_numbers()
    {
        var error = await Assert.ThrowsAsync<RequestRefusedException>(
            () => tiny.Client.GetResponseAsync(Hello, new ChatOptions { MaxOutputTokens = 1020 }, Cancelled));

        Assert.Contains("a sequence of this engine holds 1024 (Engine:MaxSequenceTokens)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_cannot_be_sent_is_refused_also_in_a_stream()
    {
        var broken = new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1, 2, 3 }, "image/png")]);

        await Assert.ThrowsAsync<InvalidPromptException>(() => tiny.Client.GetResponseAsync([broken], null, Cancelled));
        await Assert.ThrowsAsync<InvalidPromptException>(
            async () => await tiny.Client.GetStreamingResponseAsync([broken], null, Cancelled).ToListAsync(Cancelled));
    }

    [Fact]
    public void The_metadata_name_the_model()
    {
        var metadata = Assert.IsType<ChatClientMetadata>(tiny.Client.GetService(typeof(ChatClientMetadata)));

        Assert.Equal(tiny.Engine.ModelIdentity, metadata.DefaultModelId);
        Assert.StartsWith("tiny-moe@", metadata.DefaultModelId, StringComparison.Ordinal);
        Assert.Equal("qwen35batch", metadata.ProviderName);
    }
}
