using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Qwen35Batch.Pipeline.Endpoints.Replies;

/// <summary>Joins the events of a server that streams although it was not asked to.</summary>
internal static class EventStream
{
    private const string Data = "data:";

    /// <param name="body">The whole body.</param>
    /// <returns>The reply as if it had come whole; null when the body is no stream of events.</returns>
    public static JsonElement? Join(string body)
    {
        var start = body.AsSpan().TrimStart();
        if (!start.StartsWith(Data) && !start.StartsWith("event:") && !start.StartsWith(':')) return null;

        JsonObject? reply = null;
        var content = new StringBuilder();
        var reasoning = new StringBuilder();
        string? finish = null;
        foreach (var line in body.Split('\n').Where(line => line.StartsWith(Data, StringComparison.Ordinal)))
        {
            if (ReplyJson.Parse(line[Data.Length..]) is not { ValueKind: JsonValueKind.Object } part) continue;
            // What the last event says of model and usage holds; an error ends the stream.
            reply ??= [];
            foreach (var member in part.EnumerateObject()
                .Where(member => member.Name != "choices" && member.Value.ValueKind != JsonValueKind.Null))
            {
                reply[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            }

            if (ReplyJson.Member(part, "choices") is not { ValueKind: JsonValueKind.Array } choices
                || choices.GetArrayLength() == 0)
            {
                continue;
            }

            finish = ReplyJson.Text(choices[0], "finish_reason") ?? finish;
            if ((ReplyJson.Member(choices[0], "delta") ?? ReplyJson.Member(choices[0], "message")) is not { } delta) continue;
            content.Append(ReplyJson.Text(delta, "content"));
            reasoning.Append(ReplyJson.Text(delta, "reasoning_content") ?? ReplyJson.Text(delta, "reasoning"));
        }

        if (reply is null) return null;
        if (content.Length + reasoning.Length > 0)
        {
            var message = new JsonObject { ["content"] = content.ToString(), ["reasoning_content"] = reasoning.ToString() };
            reply["choices"] = new JsonArray(new JsonObject { ["message"] = message, ["finish_reason"] = finish });
        }

        return JsonSerializer.SerializeToElement(reply);
    }
}
