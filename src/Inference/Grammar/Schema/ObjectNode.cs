using System.Text;
using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>An object with known properties, written in the order of the schema. A position is the index of a property.</summary>
internal sealed class ObjectNode : ContainerNode
{
    private readonly WordTerminal[] _punctuation;

    public ObjectNode(IReadOnlyList<ObjectProperty> properties)
    {
        Properties = properties;
        _punctuation = [.. Enumerable.Range(Opening, properties.Count + 1).Select(Punctuate)];
    }

    public IReadOnlyList<ObjectProperty> Properties { get; }

    public override WordTerminal PunctuationAt(int position) => _punctuation[position + 1];

    public override int PositionAfter(int position, int label) => label;

    public override SchemaNode ValueAfter(int label) => Properties[label].Value;

    protected override int MeasureHeight() =>
        1 + Properties.Where(property => property.IsRequired).Select(property => property.Value.Height).DefaultIfEmpty(0).Max();

    // From a property one may go to any of the following up to the next required one, or to the end when none is required any more.
    private WordTerminal Punctuate(int position)
    {
        var words = new List<(byte[], int)>();
        for (var next = position + 1; next < Properties.Count; next++)
        {
            words.Add((Encoding.UTF8.GetBytes((position == Opening ? "{" : ",") + JsonText.Quote(Properties[next].Name) + ":"), next));
            if (Properties[next].IsRequired)
                return WordTerminal.Create(words);
        }
        words.Add((position == Opening ? "{}"u8.ToArray() : "}"u8.ToArray(), Close));
        return WordTerminal.Create(words);
    }
}
