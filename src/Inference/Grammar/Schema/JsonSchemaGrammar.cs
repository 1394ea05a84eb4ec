using System.Text.Json;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>
/// The compact JSON texts that a JSON Schema allows, properties in the schema's order, at most <see cref="MaxDepth"/> objects and arrays
/// inside one another. Immutable; knows nothing of tokens.
/// </summary>
public sealed class JsonSchemaGrammar
{
    /// <summary>Half of what JSON readers take by default (64), so that an answer can be stored within other JSON.</summary>
    public const int MaxDepth = 32;

    private JsonSchemaGrammar(SchemaNode root, IReadOnlyList<SchemaNode> nodes)
    {
        Root = root;
        Nodes = nodes;
    }

    internal SchemaNode Root { get; }

    internal IReadOnlyList<SchemaNode> Nodes { get; }

    /// <summary>Reads a schema.</summary>
    /// <exception cref="UnsupportedSchemaException">An answer cannot be held to a part of the schema, or nothing can satisfy it.</exception>
    public static JsonSchemaGrammar Compile(JsonElement schema)
    {
        var reader = new SchemaReader(schema);
        var root = reader.Read();
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var node in reader.Nodes)
                changed |= node.UpdateHeight();
        }
        foreach (var reference in reader.Nodes.OfType<ReferenceNode>())
            if (reference.Height >= SchemaNode.Endless)
                throw new UnsupportedSchemaException(reference.JsonPointer, "the schema needs itself without end, so no value is ever complete; make the reference optional, nullable or an array's item.");
            else if (LoopsInPlace(reference))
                throw new UnsupportedSchemaException(reference.JsonPointer, "the reference leads back to itself without an object or an array between.");
        return root.Height <= MaxDepth
            ? new JsonSchemaGrammar(root, reader.Nodes)
            : throw new UnsupportedSchemaException("#", $"every answer would nest more than {MaxDepth} objects and arrays.");
    }

    private static bool LoopsInPlace(ReferenceNode reference)
    {
        var seen = new HashSet<SchemaNode>();
        var open = new Stack<SchemaNode?>([reference.Target]);
        while (open.TryPop(out var node))
        {
            if (node == reference)
                return true;
            if (node is null || !seen.Add(node))
                continue;
            if (node is ReferenceNode other)
                open.Push(other.Target);
            foreach (var alternative in (node as AnyOfNode)?.Alternatives ?? [])
                open.Push(alternative);
        }
        return false;
    }
}
