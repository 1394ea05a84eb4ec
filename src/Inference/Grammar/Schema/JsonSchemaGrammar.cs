using System.Text.Json;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Vocabularies;

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
    /// <param name="schema">The schema.</param>
    /// <param name="vocabularies">The lists of names that it may refer to.</param>
    /// <exception cref="UnsupportedSchemaException">An answer cannot be held to a part of the schema, or nothing can satisfy
    /// it.</exception>
    public static JsonSchemaGrammar Compile(JsonElement schema, IVocabularies? vocabularies = null) =>
        Compile(JsonSchema.Read(schema, vocabularies));

    /// <summary>The grammar of a schema that has been read.</summary>
    /// <exception cref="UnsupportedSchemaException">An answer cannot be held to a part of the schema, or nothing can satisfy
    /// it.</exception>
    public static JsonSchemaGrammar Compile(JsonSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var builder = new GrammarBuilder(schema.Checked(), []);
        return Create(builder.Build(), builder.Nodes, builder.Impossible);
    }

    /// <summary>The grammar of nodes whose heights are not known yet.</summary>
    internal static JsonSchemaGrammar Create(SchemaNode root, IReadOnlyList<SchemaNode> nodes, IReadOnlyList<SchemaFault> impossible)
    {
        // What is within a node mostly stands behind it. Higher values than can be written need not be known.
        var changed = true;
        for (var pass = 0; changed && pass <= 2 * (MaxDepth + 2); pass++)
        {
            changed = false;
            for (var i = nodes.Count - 1; i >= 0; i--)
                changed |= nodes[i].UpdateHeight();
        }

        if (root.Height >= SchemaNode.Endless)
        {
            throw impossible.Count > 0
                ? new UnsupportedSchemaException([impossible[0]])
                : new UnsupportedSchemaException(
                    "#",
                    "nothing fits the schema, or it needs itself without end; make a reference optional, nullable or an array's item.");
        }

        return root.Height <= MaxDepth
            ? new JsonSchemaGrammar(root, nodes)
            : throw new UnsupportedSchemaException("#", $"every answer would nest more than {MaxDepth} objects and arrays.");
    }
}
