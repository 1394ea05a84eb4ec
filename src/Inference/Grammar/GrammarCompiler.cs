using System.Text.Json;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Grammar;

/// <summary>Turns schemas into token masks for one vocabulary. One instance a model; thread-safe.</summary>
internal sealed class GrammarCompiler
{
    /// <exception cref="ArgumentException">The vocabulary lacks a token for a byte that JSON needs.</exception>
    public GrammarCompiler(TokenVocabulary vocabulary) => throw new NotImplementedException(vocabulary.ToString());

    /// <summary>The schema's grammar over this vocabulary; kept, so that the requests of a task share it.</summary>
    /// <exception cref="UnsupportedSchemaException">An answer cannot be held to a part of the schema.</exception>
    public CompiledGrammar Compile(JsonElement schema) => throw new NotImplementedException(schema.ToString());
}
