using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Tests.Infer;

namespace Qwen35Batch.Pipeline.Tests.Endpoints;

public sealed class ToolsOfEndpointsTests
{
    private static readonly AIFunctionDeclaration Search = AIFunctionFactory.CreateDeclaration(
        "search", "Searches.", JsonElement.Parse("""{"type":"object","properties":{"query":{"type":"string"}},"required":["query"]}"""));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tools_are_offered_as_functions_and_their_calls_are_read()
    {
        await using var server = StubEndpoint.Start();
        server.Handle = (_, response) => response.SendAsync(200, Reply(
            """
            [{"id":"c1","type":"function","function":{"name":"search","arguments":"{\"query\":\"専門家\"}"}},
             {"function":{"name":"search","arguments":{"query":"b"}}},
             {"function":{"name":"search","arguments":"{oops"}},
             {"function":{}}]
            """));
        using var client = OpenAICompatibleClient.Create(new() { BaseUrl = server.BaseUrl, Model = "m" }, TimeProvider.System);

        var response = await client.GetResponseAsync(
            [new(ChatRole.User, "Go.")],
            new() { Tools = [Search], ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = false },
            Cancel);

        var calls = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().ToList();
        Assert.Equal(["search", "search", "search"], calls.Select(call => call.Name));
        Assert.Equal(["専門家", "b"], calls.Take(2).Select(call => ((JsonElement)call.Arguments!["query"]!).GetString()));
        Assert.Empty(calls[2].Arguments!);
        var body = Assert.Single(server.Requests).Json;
        Assert.Equal("required", body.GetProperty("tool_choice").GetString());
        Assert.False(body.GetProperty("parallel_tool_calls").GetBoolean());
        var function = body.GetProperty("tools")[0].GetProperty("function");
        Assert.Equal(("search", "Searches."), (function.GetProperty("name").GetString(), function.GetProperty("description").GetString()));
        Assert.True(JsonElement.DeepEquals(Search.JsonSchema, function.GetProperty("parameters")));
    }

    [Fact]
    public async Task A_request_without_tools_takes_the_arguments_of_a_call_for_its_answer()
    {
        await using var server = StubEndpoint.Start();
        server.Handle = (_, response) => response.SendAsync(200, Reply("""[{"function":{"name":"answer","arguments":"{\"a\":1}"}}]"""));
        using var client = OpenAICompatibleClient.Create(new() { BaseUrl = server.BaseUrl, Model = "m" }, TimeProvider.System);

        var response = await client.GetResponseAsync([new(ChatRole.User, "Go.")], new(), Cancel);

        Assert.Equal("""{"a":1}""", response.Text);
        Assert.False(Assert.Single(server.Requests).Json.TryGetProperty("tools", out _));
    }

    private static string Reply(string calls) =>
        $$$"""
        {"model":"m","choices":[{"index":0,"finish_reason":"tool_calls",
         "message":{"role":"assistant","content":null,"tool_calls":{{{calls}}}}}]}
        """;
}
