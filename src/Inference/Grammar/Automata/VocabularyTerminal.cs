using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// A quoted string that is one of a list of names. A state is that of the list's automaton, put after the one before the opening quote.
/// </summary>
internal sealed class VocabularyTerminal(NameAutomaton names) : Terminal
{
    /// <summary>The state before the opening quote.</summary>
    public const long Before = 0;

    public NameAutomaton Names => names;

    /// <summary>The automaton's state.</summary>
    public static int NameState(long state) => (int)state - 1;

    public override long Step(long state, byte next)
    {
        if (state == Before)
            return next == '"' ? names.Start + 1 : None;
        var following = names.Step(NameState(state), next);
        return following == NameAutomaton.None ? None : following + 1;
    }

    public override int Exit(long state) => NameState(state) == NameAutomaton.End ? 0 : None;

    public override bool CanContinue(long state) => NameState(state) != NameAutomaton.End;

    public override int OnlyByte(long state) => state == Before ? '"' : names.BytesAt(NameState(state)) is [var only] ? only : None;

    /// <summary>The tokens that certainly suffice to the end of the string, closing quote included; each byte is a token.</summary>
    public int Cost(long state) => state == Before ? 1 + names.ShortestAt(names.Start) : names.ShortestAt(NameState(state));
}
