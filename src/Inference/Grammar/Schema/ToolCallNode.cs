using System.Text;
using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>
/// A call of one tool in Qwen3.5's own form, between its two marks: the parameters in the order of the schema, each value on lines of its
/// own. A position is the index of a parameter.
/// </summary>
internal sealed class ToolCallNode : ContainerNode
{
    private readonly WordTerminal[] _words;

    /// <param name="name">The tool's name.</param>
    /// <param name="parameters">Its parameters.</param>
    public ToolCallNode(string name, IReadOnlyList<ObjectProperty> parameters)
    {
        Parameters = parameters;
        _words = [.. Enumerable.Range(Opening, parameters.Count + 1).Select(position => Words(name, position))];
    }

    public IReadOnlyList<ObjectProperty> Parameters { get; }

    public IReadOnlyList<WordTerminal> AllWords => _words;

    public WordTerminal WordsAt(int position) => _words[position + 1];

    public override IEnumerable<(Terminal Terminal, long State)> PunctuationAt(int position) => [(WordsAt(position), 0)];

    public override int PositionAfter(int position, int label) => label;

    public override SchemaNode ValueAfter(int position, int label) => Parameters[label].Value;

    protected override int MeasureHeight() =>
        Math.Min(
            Endless,
            1 + Parameters.Where(parameter => parameter.IsRequired).Select(parameter => parameter.Value.Height).DefaultIfEmpty(0).Max());

    private WordTerminal Words(string name, int position)
    {
        var before = position == Opening ? $"\n<function={name}>\n" : "\n</parameter>\n";
        var words = new List<(byte[], int)>();
        for (var next = position + 1; next < Parameters.Count; next++)
        {
            words.Add((Encoding.UTF8.GetBytes($"{before}<parameter={Parameters[next].Name}>\n"), next));
            if (Parameters[next].IsRequired)
                return WordTerminal.Create(words, isPunctuation: true);
        }
        words.Add((Encoding.UTF8.GetBytes($"{before}</function>\n"), Close));
        return WordTerminal.Create(words, isPunctuation: true);
    }
}
