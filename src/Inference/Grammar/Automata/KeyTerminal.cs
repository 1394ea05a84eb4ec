namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// The name of a property that the schema does not list, with the punctuation around it: a bracket or a comma, the quoted name, a colon.
/// The state of the name is that of the terminal which writes it, put after the phases of the punctuation.
/// </summary>
/// <param name="name">Writes the name with its quotes.</param>
/// <param name="start">The name's first state.</param>
/// <param name="label">What the piece ends under.</param>
internal sealed class KeyTerminal(Terminal name, long start, int label) : Terminal
{
    private const int Bracket = 0;
    private const int Comma = 1;
    private const int Colon = 2;
    private const int Complete = 3;
    private const int Phases = 4;

    /// <summary>Writes the name.</summary>
    public Terminal Name { get; } = name;

    public override bool IsPunctuation => true;

    public int Label => label;

    public static long Start(bool isFirst) => isFirst ? Bracket : Comma;

    /// <summary>Whether the punctuation before the name has been written.</summary>
    public static bool IsBegun(long state) => state is not (Bracket or Comma);

    /// <summary>Whether the state is one of the name's.</summary>
    public static bool IsWithinName(long state) => state >= Phases;

    /// <summary>The name's own state.</summary>
    public static long NameState(long state) => state - Phases;

    /// <summary>The state of the name before it begins.</summary>
    public long NameStart => start;

    /// <summary>The state after the name's last quote.</summary>
    public static long AfterName => Colon;

    /// <summary>How many bytes of punctuation are still to come before the name, and after it.</summary>
    public static (int Before, int After) Missing(long state) =>
        state switch { Bracket or Comma => (1, 1), Complete => (0, 0), _ => (0, 1) };

    public override long Step(long state, byte next)
    {
        if (state < Phases)
        {
            return state switch
            {
                Bracket => next == '{' ? start + Phases : None,
                Comma => next == ',' ? start + Phases : None,
                Colon => next == ':' ? Complete : None,
                _ => None,
            };
        }

        var following = Name.Step(NameState(state), next);
        return following == None ? None : Name.Exit(following) != None ? Colon : following + Phases;
    }

    public override int Exit(long state) => state == Complete ? label : None;

    public override bool CanContinue(long state) => state != Complete;

    public override int OnlyByte(long state) => state switch
    {
        Bracket => '{',
        Comma => ',',
        Colon => ':',
        Complete => None,
        _ => Name.OnlyByte(NameState(state)),
    };
}
