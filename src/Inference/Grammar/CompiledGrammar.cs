using System.Collections.Concurrent;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Grammar;

/// <summary>A schema's grammar over one vocabulary, shared by all requests that use it. Thread-safe.</summary>
internal sealed class CompiledGrammar
{
    private const int MaxCachedPlaces = 16_384;

    private readonly TokenTrie _trie;
    private readonly ConcurrentDictionary<Cursor, NextTokens> _next = new();
    private int _cached;

    public CompiledGrammar(JsonSchemaGrammar grammar, TokenVocabulary vocabulary, TokenTrie trie, StringTokens strings)
    {
        _trie = trie;
        Vocabulary = vocabulary;
        Strings = strings;
        Costs = new CompletionCosts(grammar, trie, strings);
        Steps = new ByteSteps(grammar, Costs);
        ShortestCompletion = Costs.Value(grammar.Root, JsonSchemaGrammar.MaxDepth);
    }

    /// <summary>The smallest number of tokens of a complete answer, end-of-text token not counted.</summary>
    public int ShortestCompletion { get; }

    public TokenVocabulary Vocabulary { get; }

    public StringTokens Strings { get; }

    public CompletionCosts Costs { get; }

    public ByteSteps Steps { get; }

    /// <summary>Starts an answer.</summary>
    public ITokenGrammar CreateSession() => new GrammarSession(this);

    /// <summary>The tokens that may follow at a place, without those that stay within the string around it.</summary>
    public NextTokens Next(Cursor cursor)
    {
        var key = cursor.Terminal is StringTerminal ? cursor with { State = Strings.Canonical(cursor.State) } : cursor;
        if (_next.TryGetValue(key, out var next))
            return next;
        var (tokens, costs) = new TokenWalk(_trie, Steps, Costs, Strings).Next(key);
        next = new NextTokens(tokens, costs, FindForced([key]));

        // Schemas with deep recursion have places without end; those of one answer are found again soon.
        if (Interlocked.Increment(ref _cached) > MaxCachedPlaces)
        {
            _next.Clear();
            Interlocked.Exchange(ref _cached, 1);
        }
        _next.TryAdd(key, next);
        return next;
    }

    /// <summary>What must follow, when one of several alternatives is being written.</summary>
    public ForcedRun FindForced(IReadOnlyList<Cursor> cursors) => new ForcedText(_trie, Steps, Costs, Strings).Find(cursors);
}
