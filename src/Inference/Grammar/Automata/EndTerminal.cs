namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>After the last byte of the answer.</summary>
internal sealed class EndTerminal : Terminal
{
    public static EndTerminal Instance { get; } = new();

    public override long Step(long state, byte next) => None;

    public override int Exit(long state) => None;

    public override bool CanContinue(long state) => false;

    public override int OnlyByte(long state) => None;
}
