using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Schema;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// Goes through a grammar byte by byte. Several cursors stand for the alternatives of an anyOf that still agree with what is
/// written. A cursor that can only leave its terminal has left it already. Without state.
/// </summary>
internal sealed class ByteSteps(JsonSchemaGrammar grammar, CompletionCosts costs)
{
    /// <summary>Adds the places where an answer begins.</summary>
    public void Start(List<Cursor> cursors) => BeginValue(grammar.Root, null, cursors);

    /// <summary>Adds the places after a byte.</summary>
    public void Step(Cursor cursor, byte next, List<Cursor> cursors)
    {
        var (terminal, state, frame) = cursor;
        var following = terminal.Step(state, next);
        var exit = terminal.Exit(state);
        if (exit != Terminal.None)
        {
            var first = cursors.Count;
            Leave(cursor, exit, cursors);
            var last = cursors.Count;
            for (var i = first; i < last; i++)
                Step(cursors[i], next, cursors);
            cursors.RemoveRange(first, last - first);
        }
        if (following == Terminal.None)
            return;
        var moved = new Cursor(terminal, following, frame);
        var exitAfter = terminal.Exit(following);
        if (exitAfter != Terminal.None && !terminal.CanContinue(following))
            Leave(moved, exitAfter, cursors);
        else
            cursors.Add(moved);
    }

    /// <summary>True when the answer may end here.</summary>
    public static bool MayEnd(Cursor cursor) =>
        cursor.IsEnd || (cursor.Frame is null && cursor.Terminal.Exit(cursor.State) != Terminal.None);

    /// <summary>Adds the places after a value, between it and what follows.</summary>
    public static void AfterValue(Frame? frame, List<Cursor> cursors)
    {
        if (frame is null)
        {
            cursors.Add(Cursor.End);
        }
        else
        {
            foreach (var (terminal, state) in frame.Container.PunctuationAt(frame.Position))
                cursors.Add(new Cursor(terminal, state, frame));
        }
    }

    /// <summary>Adds the places after the text that is being written, a value or a name.</summary>
    public static void AfterText(Cursor cursor, List<Cursor> cursors)
    {
        if (cursor.Terminal is KeyTerminal)
            cursors.Add(cursor with { State = KeyTerminal.AfterName });
        else
            AfterValue(cursor.Frame, cursors);
    }

    private void Leave(Cursor cursor, int label, List<Cursor> cursors)
    {
        if (cursor.IsScalar)
        {
            AfterValue(cursor.Frame, cursors);
            return;
        }
        var frame = cursor.Frame!;
        if (label == ContainerNode.Close)
        {
            AfterValue(frame.Parent, cursors);
            return;
        }
        var container = frame.Container;
        var position = container.PositionAfter(frame.Position, label);
        var rest = CompletionCosts.Add(costs.After(container, position, JsonSchemaGrammar.MaxDepth - frame.Depth), frame.Parent?.Rest ?? 0);
        BeginValue(container.ValueAfter(frame.Position, label), new Frame(container, position, frame.Parent, rest), cursors);
    }

    private void BeginValue(SchemaNode node, Frame? frame, List<Cursor> cursors)
    {
        if (costs.Value(node, JsonSchemaGrammar.MaxDepth - (frame?.Depth ?? 0)) >= CompletionCosts.Infinite)
            return;
        switch (node)
        {
            case ScalarNode scalar:
                cursors.Add(new Cursor(scalar.Terminal, scalar.Start, frame));
                break;
            case AnyOfNode anyOf:
                foreach (var alternative in anyOf.Alternatives)
                    BeginValue(alternative, frame, cursors);
                break;
            case ContainerNode container:
                AfterValue(new Frame(container, ContainerNode.Opening, frame, 0), cursors);
                break;
        }
    }
}
