using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Merging;

namespace Qwen35Batch.Schemas;

/// <summary>How a tool's parameter is written in a call: text as it is where its schema allows text, else JSON.</summary>
internal static class ToolParameter
{
    /// <param name="schema">The schema of all of the tool's parameters.</param>
    /// <param name="name">The parameter.</param>
    /// <returns>True also where it cannot be told.</returns>
    public static bool IsText(JsonElement schema, string name)
    {
        try
        {
            var read = JsonSchema.Read(schema).Checked();
            var merger = new SchemaMerger(read.Root, read.Count);
            return merger.Alternatives(new Conjunction([read.Root])).Any(value => MergedObject.Of(value, merger).Properties
                .Any(property => property.Name == name && merger.Alternatives(property.Value).Any(alternative => alternative.IsText)));
        }
        catch (UnsupportedSchemaException)
        {
            return true;
        }
    }
}
