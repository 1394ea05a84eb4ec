using System.Text.Json;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>The calls of some tools, each with the schema of its parameters.</summary>
internal static class ToolGrammar
{
    /// <param name="tools">The tools' names and the schemas of their parameters.</param>
    /// <exception cref="UnsupportedSchemaException">A call cannot be held to a tool's schema; the message names the tool.</exception>
    public static JsonSchemaGrammar Compile(IReadOnlyList<(string Name, JsonElement Schema)> tools)
    {
        var nodes = new List<SchemaNode>();
        var calls = new List<SchemaNode>();
        foreach (var (name, schema) in tools)
        {
            try
            {
                if (name.Length == 0 || name.AsSpan().IndexOfAny('>', '\n') >= 0)
                    throw new UnsupportedSchemaException("#", "a tool's name is not empty, and has no '>' and no line end.");
                calls.Add(new GrammarBuilder(JsonSchema.Read(schema).Checked(), nodes).BuildCalls(name));
            }
            catch (UnsupportedSchemaException refused)
            {
                throw new UnsupportedSchemaException(
                    [.. refused.Faults.Select(fault => fault with { Reason = $"the tool '{name}' cannot be offered: {fault.Reason}" })]);
            }
        }

        var root = new AnyOfNode { Alternatives = calls, Id = nodes.Count };
        nodes.Add(root);
        return JsonSchemaGrammar.Create(root, nodes, []);
    }
}
