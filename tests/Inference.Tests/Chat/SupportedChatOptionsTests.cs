using Microsoft.Extensions.AI;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Chat;

namespace Qwen35Batch.Inference.Tests.Chat;

public sealed class SupportedChatOptionsTests
{
    public static TheoryData<string, ChatOptions> Unsupported => new()
    {
        { "ConversationId", new() { ConversationId = "1" } },
        { "background", new() { AllowBackgroundResponses = true } },
        { "RawRepresentationFactory", new() { RawRepresentationFactory = _ => null } },
        { "FrequencyPenalty", new() { FrequencyPenalty = 0.5f } },
        { "tool call", new() { ToolMode = ChatToolMode.RequireAny } },
        {
            "none of the tools",
            new() { ToolMode = ChatToolMode.RequireSpecific("g"), Tools = [AIFunctionFactory.CreateDeclaration("f", null, default)] }
        },
        { "gpt-4", new() { ModelId = "gpt-4" } },
        {
            "together with tools",
            new() { ResponseFormat = ChatResponseFormat.Json, Tools = [AIFunctionFactory.CreateDeclaration("f", null, default)] }
        },
        { "stop sequences together", new() { ResponseFormat = ChatResponseFormat.Json, StopSequences = ["x"] } },
        { "empty stop", new() { StopSequences = [""] } },
        { "MaxOutputTokens", new() { MaxOutputTokens = 0 } },
        { "Temperature", new() { Temperature = -1 } },
        { "TopP", new() { TopP = 1.5f } },
        { "TopK", new() { TopK = -1 } },
        { "min_p", new() { AdditionalProperties = new() { ["min_p"] = 1 } } },
        { "min_p", new() { AdditionalProperties = new() { ["min_p"] = "high" } } },
        { "deadline", new() { AdditionalProperties = new() { ["deadline"] = "soon" } } },
        { "enable_thinking", new() { AdditionalProperties = new() { ["enable_thinking"] = "yes" } } },
    };

    [Theory]
    [MemberData(nameof(Unsupported), DisableDiscoveryEnumeration = true)]
    public void What_the_engine_cannot_honour_is_refused_by_name(string named, ChatOptions options)
    {
        var error = Assert.Throws<RequestRefusedException>(() =>
        {
            SupportedChatOptions.Check(options, ["tiny", "tiny@1"]);
            SupportedChatOptions.ReadSampling(options);
            SupportedChatOptions.ReadDeadline(options);
            SupportedChatOptions.IsThinking(options);
        });

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_engine_honours_is_read()
    {
        var options = new ChatOptions
        {
            Temperature = 0.7f,
            TopK = 20,
            TopP = 0.8f,
            PresencePenalty = 1.5f,
            Seed = 7,
            ModelId = "tiny@1",
            AdditionalProperties = new() { ["group"] = "job 1", ["priority"] = 3, ["min_p"] = 0.1, ["enable_thinking"] = true },
        };
        SupportedChatOptions.Check(options, ["tiny", "tiny@1"]);

        Assert.Equal(
            new() { Temperature = 0.7f, TopK = 20, TopP = 0.8f, MinP = 0.1f, PresencePenalty = 1.5f, Seed = 7 },
            SupportedChatOptions.ReadSampling(options));
        Assert.Equal("job 1", SupportedChatOptions.ReadGroup(options));
        Assert.Equal(3, SupportedChatOptions.ReadPriority(options));
        Assert.True(SupportedChatOptions.IsThinking(options));
    }

    [Fact]
    public void Without_a_temperature_an_answer_is_greedy_unless_several_tokens_are_asked_for()
    {
        Assert.Equal(0, SupportedChatOptions.ReadSampling(new()).Temperature);
        Assert.Equal(1, SupportedChatOptions.ReadSampling(new() { TopP = 0.9f }).Temperature);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(ReasoningEffort.None, false)]
    [InlineData(ReasoningEffort.Low, true)]
    public void The_reasoning_effort_switches_thinking(ReasoningEffort? effort, bool expected) =>
        Assert.Equal(expected, SupportedChatOptions.IsThinking(new() { Reasoning = new() { Effort = effort } }));
}
