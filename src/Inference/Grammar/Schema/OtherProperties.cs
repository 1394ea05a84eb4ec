using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>The properties of an object whose names the schema does not list.</summary>
/// <param name="Names">How their names are written, punctuation included.</param>
/// <param name="Value">Their schema.</param>
internal sealed record OtherProperties(KeyTerminal Names, SchemaNode Value);
