using System.Collections.Concurrent;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>Turns schemas into token masks for one vocabulary. One instance a model; thread-safe.</summary>
internal sealed class GrammarCompiler
{
    private const int MaxCached = 64;

    private readonly TokenVocabulary _vocabulary;
    private readonly TokenTrie _trie;
    private readonly TextMasks _texts;
    private readonly ConcurrentDictionary<string, CompiledGrammar> _compiled = new();

    /// <exception cref="ArgumentException">The vocabulary lacks a token for a byte that JSON needs, so an answer might not be
    /// completed.</exception>
    public GrammarCompiler(TokenVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _trie = new TokenTrie(vocabulary);
        for (var value = 0x20; value <= 0xF4; value++)
        {
            if (value is not (0xC0 or 0xC1)
                && _trie.Find([(byte)value]) is var node
                && (node == TokenTrie.None || _trie.TokensAt(node).IsEmpty))
            {
                throw new ArgumentException(
                    $"The vocabulary has no token for the byte 0x{value:X2} alone; a byte-level vocabulary has one for each.",
                    nameof(vocabulary));
            }
        }

        _texts = new TextMasks(vocabulary, _trie);
    }

    /// <summary>The schema's grammar over this vocabulary; kept, so that the requests of a task share it.</summary>
    /// <exception cref="UnsupportedSchemaException">An answer cannot be held to a part of the schema.</exception>
    public CompiledGrammar Compile(JsonElement schema)
    {
        var text = schema.GetRawText();
        if (_compiled.TryGetValue(text, out var compiled))
            return compiled;
        return Keep(text, Compile(JsonSchemaGrammar.Compile(schema)));
    }

    /// <summary>The grammar of calls of some tools; kept, so that the requests with the same tools share it.</summary>
    /// <exception cref="UnsupportedSchemaException">A call cannot be held to a tool's schema.</exception>
    public CompiledGrammar Compile(IReadOnlyList<(string Name, JsonElement Schema)> tools)
    {
        var text = string.Join('\0', tools.Select(tool => $"{tool.Name}\0{tool.Schema.GetRawText()}"));
        return _compiled.TryGetValue(text, out var compiled) ? compiled : Keep(text, Compile(ToolGrammar.Compile(tools)));
    }

    /// <summary>The grammar over this vocabulary.</summary>
    /// <exception cref="UnsupportedSchemaException">No answer is ever complete.</exception>
    public CompiledGrammar Compile(JsonSchemaGrammar grammar)
    {
        var compiled = new CompiledGrammar(grammar, _vocabulary, _trie, _texts);
        return compiled.ShortestCompletion < CompletionCosts.Infinite
            ? compiled
            : throw new UnsupportedSchemaException("#", "nothing fits the schema.");
    }

    private CompiledGrammar Keep(string text, CompiledGrammar compiled)
    {
        if (_compiled.Count >= MaxCached)
            _compiled.Clear();
        return _compiled.GetOrAdd(text, compiled);
    }
}
