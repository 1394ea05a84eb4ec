using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Tests.Decoding;

namespace Qwen35Batch.Inference.Tests.Chat;

public sealed class TokenChoiceTests(TinyEngine tiny) : IClassFixture<TinyEngine>
{
    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Say hello.")];

    private static readonly JsonElement Forced = JsonDocument.Parse("""
        {"type":"object","properties":{"kind":{"enum":["invoice"]},"one":{"enum":[1]},"letter":{"enum":["a","b","c","d"]},
         "name":{"type":"string","minLength":6,"maxLength":12},"sevens":{"type":"array","items":{"enum":[7]},"minItems":1,"maxItems":3}},
         "required":["kind","one","letter","name","sevens"],"additionalProperties":false}
        """).RootElement;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_schema_forces_is_no_evidence_whichever_token_writes_it()
    {
        foreach (var seed in Enumerable.Range(0, 12))
        {
            var answer = await tiny.Client.GetResponseAsync(Hello, Asking(seed), Cancelled);

            var choices = Choices(answer);
            Assert.Contains(choices, choice => IsOf(choice, answer, "letter\":\""));
            Assert.Contains(choices, choice => IsOf(choice, answer, "name\":\""));
            foreach (var forced in (string[])["kind\":\"", "one\":", "sevens\":["])
                Assert.DoesNotContain(choices, choice => IsOf(choice, answer, forced));
            Assert.Equal(choices.OrderBy(choice => choice.Start), choices);
        }
    }

    [Fact]
    public async Task Weights_that_have_learned_nothing_share_the_probability_among_the_allowed_tokens()
    {
        using var random = await RandomModelFolder.CreateAsync(
            Path.Combine(TestData.Folder("tiny-moe"), "config.json"), ModelPrecision.Fp32, null, Cancelled);
        const string Tokenizer = "tokenizer.json";
        File.Copy(Path.Combine(TestData.Folder("tiny-moe"), Tokenizer), Path.Combine(random.FolderPath, Tokenizer), overwrite: true);
        var options = tiny.Options;
        options.ModelFolder = random.FolderPath;
        await using var engine = await Qwen35Engine.OpenAsync(options, null, NullLoggerFactory.Instance, Cancelled);

        foreach (var seed in Enumerable.Range(0, 6))
        {
            var answer = await engine.ChatClient.GetResponseAsync(Hello, Asking(seed), Cancelled);

            var choices = Choices(answer);
            Assert.InRange(Single(choices, answer, "letter\":\"").Probability, 0.1, 0.5);
            Assert.InRange(Single(choices, answer, "name\":\"").Probability, double.Epsilon, 0.02);
            Assert.All(choices, choice => Assert.InRange(choice.Probability, double.Epsilon, 0.8));
        }
    }

    [Fact]
    public async Task Without_being_asked_nothing_is_said_of_choices()
    {
        var answer = await tiny.Client.GetResponseAsync(
            Hello, new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(Forced), MaxOutputTokens = 60 }, Cancelled);

        Assert.False(answer.AdditionalProperties!.ContainsKey(TokenChoice.Property));
    }

    [Fact]
    public async Task A_thought_is_no_evidence_for_the_answer_behind_it()
    {
        var options = Asking(3);
        options.AdditionalProperties!["enable_thinking"] = true;

        var answer = await tiny.Client.GetResponseAsync(Hello, options, Cancelled);

        var choices = (IReadOnlyList<TokenChoice>)answer.AdditionalProperties![TokenChoice.Property]!;
        var text = answer.Messages[0].Contents.OfType<TextContent>().Single().Text;
        Assert.NotEmpty(choices);
        Assert.All(choices, choice => Assert.InRange(choice.Start + choice.Length, 1, Encoding.UTF8.GetByteCount(text)));
        Assert.True(choices.Count < answer.Usage!.OutputTokenCount - answer.Usage.ReasoningTokenCount);
    }

    private static ChatOptions Asking(int seed) => new()
    {
        ResponseFormat = ChatResponseFormat.ForJsonSchema(Forced),
        MaxOutputTokens = 160,
        Temperature = 1,
        Seed = seed,
        AdditionalProperties = new() { [TokenChoice.Property] = true },
    };

    private static IReadOnlyList<TokenChoice> Choices(ChatResponse answer) =>
        Assert.IsAssignableFrom<IReadOnlyList<TokenChoice>>(answer.AdditionalProperties![TokenChoice.Property]);

    private static TokenChoice Single(IReadOnlyList<TokenChoice> choices, ChatResponse answer, string before) =>
        choices.First(choice => IsOf(choice, answer, before));

    /// <summary>Whether a choice wrote the first byte behind a text of the answer.</summary>
    private static bool IsOf(TokenChoice choice, ChatResponse answer, string before)
    {
        var at = Encoding.UTF8.GetBytes(answer.Text).AsSpan().IndexOf(Encoding.UTF8.GetBytes(before)) + before.Length;
        Assert.True(at >= before.Length, answer.Text);
        return choice.Start <= at && choice.Start + choice.Length > at;
    }
}
