using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>The properties of an object whose names the schema does not list.</summary>
/// <param name="Names">How their names are written, punctuation included.</param>
/// <param name="Value">Their schema.</param>
/// <param name="Needed">Which of the properties it is that have to be there, from 1; else 0.</param>
internal sealed record OtherProperties(KeyTerminal Names, SchemaNode Value, int Needed = 0);
