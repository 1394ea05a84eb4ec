using System.Collections.Concurrent;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>Turns schemas into token masks for one vocabulary. One instance a model; thread-safe.</summary>
internal sealed class GrammarCompiler
{
    private const int MaxCached = 64;
    private const int FewCursors = 256;

    private readonly TokenVocabulary _vocabulary;
    private readonly TokenTrie _trie;
    private readonly TextMasks _texts;
    private readonly ConcurrentDictionary<string, Kept> _compiled = new();
    private readonly IVocabularies _vocabularies;
    private readonly int _fewCursors;

    /// <param name="vocabulary">The model's tokens.</param>
    /// <param name="vocabularies">The lists of names that schemas may refer to.</param>
    /// <param name="fewCursors">The places that an answer is followed at in any case (<see cref="CompiledGrammar.MaxCursors"/>).</param>
    /// <exception cref="ArgumentException">The vocabulary lacks a token for a byte that JSON needs, so an answer might not be
    /// completed.</exception>
    public GrammarCompiler(TokenVocabulary vocabulary, IVocabularies? vocabularies = null, int fewCursors = FewCursors)
    {
        _vocabulary = vocabulary;
        _fewCursors = fewCursors;
        _vocabularies = vocabularies ?? NoVocabularies.Instance;
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
        if (Find(text) is { } compiled)
            return compiled;
        var read = JsonSchema.Read(schema, _vocabularies).Checked();

        // Taken before they are compiled: one that changes meanwhile is compiled again for the next answer.
        var lists = read.Vocabularies.Select(rule => rule.Current).ToArray();
        return Keep(text, Compile(JsonSchemaGrammar.Compile(read)), lists);
    }

    /// <summary>The grammar of calls of some tools; kept, so that the requests with the same tools share it.</summary>
    /// <exception cref="UnsupportedSchemaException">A call cannot be held to a tool's schema.</exception>
    public CompiledGrammar Compile(IReadOnlyList<(string Name, JsonElement Schema)> tools)
    {
        var text = string.Join('\0', tools.Select(tool => $"{tool.Name}\0{tool.Schema.GetRawText()}"));
        return Find(text) ?? Keep(text, Compile(ToolGrammar.Compile(tools)), []);
    }

    /// <summary>The grammar over this vocabulary.</summary>
    /// <exception cref="UnsupportedSchemaException">No answer is ever complete.</exception>
    public CompiledGrammar Compile(JsonSchemaGrammar grammar)
    {
        var compiled = new CompiledGrammar(grammar, _vocabulary, _trie, _texts, _fewCursors);
        return compiled.ShortestCompletion < CompletionCosts.Infinite
            ? compiled
            : throw new UnsupportedSchemaException("#", "nothing fits the schema.");
    }

    private CompiledGrammar? Find(string text) =>
        _compiled.TryGetValue(text, out var kept) && kept.Lists.All(list => ReferenceEquals(_vocabularies.Find(list.Name), list))
            ? kept.Grammar
            : null;

    private CompiledGrammar Keep(string text, CompiledGrammar compiled, IReadOnlyList<Vocabulary> lists)
    {
        if (_compiled.Count >= MaxCached)
            _compiled.Clear();
        _compiled[text] = new Kept(compiled, lists);
        return compiled;
    }

    /// <summary>A grammar, and the lists of names that it was made of.</summary>
    private sealed record Kept(CompiledGrammar Grammar, IReadOnlyList<Vocabulary> Lists);
}
