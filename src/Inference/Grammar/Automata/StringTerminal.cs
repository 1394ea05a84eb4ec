namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// A quoted string of any Unicode characters, its length bounded in code points. A state packs the phase, the code points that are
/// still needed and those that still fit. Escapes are those of RFC 8259; surrogates only come in pairs; U+0000 cannot be written.
/// </summary>
internal sealed class StringTerminal : Terminal
{
    /// <summary>Stands for any number of code points.</summary>
    public const int Unlimited = (1 << 27) - 1;

    private const int PhaseBits = 8;
    private const int LengthBits = 27;

    private static readonly StringPhase[] Steps = CreateSteps();

    public static StringTerminal Instance { get; } = new();

    public static long State(StringPhase phase, int needed, int room) =>
        (long)phase | ((long)needed << PhaseBits) | ((long)room << (PhaseBits + LengthBits));

    public static StringPhase PhaseOf(long state) => (StringPhase)(state & ((1 << PhaseBits) - 1));

    /// <summary>The code points that are still needed.</summary>
    public static int NeededOf(long state) => (int)(state >> PhaseBits) & Unlimited;

    /// <summary>The code points that still fit.</summary>
    public static int RoomOf(long state) => (int)(state >> (PhaseBits + LengthBits)) & Unlimited;

    /// <summary>The phase after a byte, lengths left aside.</summary>
    public static StringPhase Step(StringPhase phase, byte next) => Steps[((int)phase << 8) | next];

    /// <summary>Whether a byte begins a code point.</summary>
    public static bool Counts(StringPhase phase, byte next) => phase == StringPhase.Between && next != '"';

    public override long Step(long state, byte next)
    {
        var phase = PhaseOf(state);
        var following = Step(phase, next);
        var needed = NeededOf(state);
        var room = RoomOf(state);
        if (following == StringPhase.Invalid || (following == StringPhase.Done && needed > 0))
            return None;
        if (!Counts(phase, next))
            return State(following, needed, room);
        return room == 0 ? None : State(following, Math.Max(needed - 1, 0), room == Unlimited ? room : room - 1);
    }

    public override int Exit(long state) => PhaseOf(state) == StringPhase.Done ? 0 : None;

    public override bool CanContinue(long state) => PhaseOf(state) != StringPhase.Done;

    public override int OnlyByte(long state) => PhaseOf(state) == StringPhase.Before ? '"' : None;

    private static StringPhase[] CreateSteps()
    {
        var steps = new StringPhase[(int)StringPhase.Invalid << 8];
        Array.Fill(steps, StringPhase.Invalid);

        void Add(StringPhase from, int low, int high, StringPhase to) => Array.Fill(steps, to, ((int)from << 8) | low, high - low + 1);

        void AddHex(StringPhase from, StringPhase to)
        {
            Add(from, '0', '9', to);
            Add(from, 'a', 'f', to);
            Add(from, 'A', 'F', to);
        }

        Add(StringPhase.Before, '"', '"', StringPhase.Between);

        Add(StringPhase.Between, 0x20, 0x7F, StringPhase.Between);
        Add(StringPhase.Between, '"', '"', StringPhase.Done);
        Add(StringPhase.Between, '\\', '\\', StringPhase.Escape);
        Add(StringPhase.Between, 0xC2, 0xDF, StringPhase.Continue1);
        Add(StringPhase.Between, 0xE0, 0xEF, StringPhase.Continue2);
        Add(StringPhase.Between, 0xE0, 0xE0, StringPhase.AfterE0);
        Add(StringPhase.Between, 0xED, 0xED, StringPhase.AfterED);
        Add(StringPhase.Between, 0xF0, 0xF0, StringPhase.AfterF0);
        Add(StringPhase.Between, 0xF1, 0xF3, StringPhase.Continue3);
        Add(StringPhase.Between, 0xF4, 0xF4, StringPhase.AfterF4);
        Add(StringPhase.Continue1, 0x80, 0xBF, StringPhase.Between);
        Add(StringPhase.Continue2, 0x80, 0xBF, StringPhase.Continue1);
        Add(StringPhase.Continue3, 0x80, 0xBF, StringPhase.Continue2);
        Add(StringPhase.AfterE0, 0xA0, 0xBF, StringPhase.Continue1);
        Add(StringPhase.AfterED, 0x80, 0x9F, StringPhase.Continue1);
        Add(StringPhase.AfterF0, 0x90, 0xBF, StringPhase.Continue2);
        Add(StringPhase.AfterF4, 0x80, 0x8F, StringPhase.Continue2);

        foreach (var escaped in "\"\\/bfnrt")
            Add(StringPhase.Escape, escaped, escaped, StringPhase.Between);
        Add(StringPhase.Escape, 'u', 'u', StringPhase.Hex);
        AddHex(StringPhase.Hex, StringPhase.Hex3);
        Add(StringPhase.Hex, '0', '0', StringPhase.Zero3);
        Add(StringPhase.Hex, 'd', 'd', StringPhase.HexD);
        Add(StringPhase.Hex, 'D', 'D', StringPhase.HexD);
        AddHex(StringPhase.Hex3, StringPhase.Hex2);
        AddHex(StringPhase.Hex2, StringPhase.Hex1);
        AddHex(StringPhase.Hex1, StringPhase.Between);
        AddHex(StringPhase.Zero3, StringPhase.Hex2);
        Add(StringPhase.Zero3, '0', '0', StringPhase.Zero2);
        AddHex(StringPhase.Zero2, StringPhase.Hex1);
        Add(StringPhase.Zero2, '0', '0', StringPhase.Zero1);
        AddHex(StringPhase.Zero1, StringPhase.Between);
        Add(StringPhase.Zero1, '0', '0', StringPhase.Invalid);

        Add(StringPhase.HexD, '0', '7', StringPhase.Hex2);
        Add(StringPhase.HexD, '8', '9', StringPhase.High2);
        Add(StringPhase.HexD, 'a', 'b', StringPhase.High2);
        Add(StringPhase.HexD, 'A', 'B', StringPhase.High2);
        AddHex(StringPhase.High2, StringPhase.High1);
        AddHex(StringPhase.High1, StringPhase.LowBackslash);
        Add(StringPhase.LowBackslash, '\\', '\\', StringPhase.LowU);
        Add(StringPhase.LowU, 'u', 'u', StringPhase.LowD);
        Add(StringPhase.LowD, 'd', 'd', StringPhase.Low3);
        Add(StringPhase.LowD, 'D', 'D', StringPhase.Low3);
        Add(StringPhase.Low3, 'c', 'f', StringPhase.Low2);
        Add(StringPhase.Low3, 'C', 'F', StringPhase.Low2);
        AddHex(StringPhase.Low2, StringPhase.Low1);
        AddHex(StringPhase.Low1, StringPhase.Between);
        return steps;
    }
}
