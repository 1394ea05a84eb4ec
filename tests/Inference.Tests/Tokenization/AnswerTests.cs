using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Tokenization;

public sealed class AnswerTests
{
    private static readonly AITool[] Tools =
    [
        AIFunctionFactory.CreateDeclaration("search", "Searches.", JsonSerializer.Deserialize<JsonElement>(
            """{"type":"object","properties":{"query":{"type":"string"},"limit":{"type":"integer"},"exact":{"type":"boolean"},"tags":"""
                + """{"type":["array","null"]}}}""")),
    ];

    [Theory]
    [InlineData("need data\n</think>\n\nDone.", true, "need data", "Done.")]
    [InlineData("cut off", true, "cut off", "")]
    [InlineData("Done.", false, "", "Done.")]
    [InlineData("<think>\n\n</think>\n\nDone.", false, "", "Done.")]
    [InlineData("a </think> b", false, "", "a </think> b")]
    [InlineData("</think>x</think>y", true, "", "x</think>y")]
    public void Reasoning_and_answer_are_separated(string generated, bool thinking, string reasoning, string text) =>
        Assert.Equal((reasoning, text), (Answer.Parse(generated, thinking).Reasoning, Answer.Parse(generated, thinking).Text));

    [Fact]
    public void Calls_are_read_with_the_types_of_their_schema()
    {
        const string generated = """
            I will look.

            <tool_call>
            <function=search>
            <parameter=query>
            two
            lines: 7
            </parameter>
            <parameter=limit>
            5
            </parameter>
            <parameter=exact>
            True
            </parameter>
            <parameter=tags>
            ["x", "y"]
            </parameter>
            <parameter=other>
            5
            </parameter>
            </function>
            </tool_call>
            <tool_call>
            <function=unknown>
            <parameter=tags>
            [1]
            </parameter>
            </function>
            </tool_call>
            """;
        var answer = Answer.Parse(generated, thinking: false, Tools);
        Assert.Equal("I will look.", answer.Text);
        Assert.Equal(["search", "unknown"], answer.ToolCalls.Select(c => c.Name));
        var arguments = answer.ToolCalls[0].Arguments!;
        Assert.Equal("two\nlines: 7", arguments["query"]);
        Assert.Equal(5, Assert.IsType<JsonElement>(arguments["limit"]).GetInt32());
        Assert.True(Assert.IsType<JsonElement>(arguments["exact"]).GetBoolean());
        Assert.Equal(2, Assert.IsType<JsonElement>(arguments["tags"]).GetArrayLength());
        Assert.Equal("5", arguments["other"]);
        Assert.Equal("[1]", answer.ToolCalls[1].Arguments!["tags"]);
        Assert.NotEqual(answer.ToolCalls[0].CallId, answer.ToolCalls[1].CallId);
    }

    [Fact]
    public void An_argument_that_is_not_of_its_type_stays_text()
    {
        const string generated = "<tool_call>\n<function=search>\n<parameter=limit>\nfive\n</parameter>\n<parameter=tags>"
            + "\nNone\n</parameter>\n</function>\n</tool_call>";
        var arguments = Answer.Parse(generated, thinking: false, Tools).ToolCalls.Single().Arguments!;
        Assert.Equal("five", arguments["limit"]);
        Assert.Null(arguments["tags"]);
    }

    [Fact]
    public void A_call_that_was_cut_off_and_a_call_without_tools_stay_text()
    {
        const string cutOff = "<tool_call>\n<function=search>\n<parameter=limit>\n5";
        Assert.Equal(cutOff, Answer.Parse(cutOff, thinking: false, Tools).Text);
        const string call = "<tool_call>\n<function=search>\n</function>\n</tool_call>";
        Assert.Equal(call, Answer.Parse(call, thinking: false).Text);
        Assert.Equal("", Answer.Parse(call, thinking: false, Tools).Text);
    }
}
