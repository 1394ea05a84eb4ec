using System.Collections.Concurrent;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>A schema's grammar over one vocabulary, shared by all requests that use it. Thread-safe.</summary>
internal sealed class CompiledGrammar
{
    private const long BytesKept = 64 << 20;
    private const long BytesOfPlace = 256;
    private readonly TokenTrie _trie;
    private readonly ConcurrentDictionary<Cursor, NextTokens> _next = new();
    private readonly PlaceRests _rests;
    private readonly OpenedTexts _opened;
    private readonly bool _hasDifferentItems;
    private readonly bool _areCalls;
    private readonly ConcurrentBag<FoundTokens> _found = [];
    private long _bytes;

    public CompiledGrammar(JsonSchemaGrammar grammar, TokenVocabulary vocabulary, TokenTrie trie, TextMasks texts, int fewCursors)
    {
        _trie = trie;
        Vocabulary = vocabulary;
        Texts = texts;
        _hasDifferentItems = grammar.Nodes.Any(node => node is ArrayNode { IsUnique: true } or ObjectNode { HasDifferentNames: true });
        Costs = new CompletionCosts(grammar, texts, new TextCosts(trie, _hasDifferentItems ? texts.Items.NotAllowed : null));
        Steps = new ByteSteps(grammar, Costs);
        _rests = new PlaceRests(Steps, Costs, texts);
        _opened = new OpenedTexts(trie, Costs);
        MaxCursors = Math.Max(fewCursors, 2 * grammar.Nodes.OfType<AnyOfNode>().Max(node => node.Alternatives.Count));
        _areCalls = grammar.Nodes.Any(node => node is ToolCallNode);
        ShortestCompletion = Costs.Value(grammar.Root, JsonSchemaGrammar.MaxDepth);
    }

    /// <summary>The smallest number of tokens of a complete answer, end-of-text token not counted.</summary>
    public int ShortestCompletion { get; }

    /// <summary>
    /// The most places that an answer is followed at: all alternatives of the widest choice begin at once. Those that begin alike, nested
    /// in themselves, could grow without end.
    /// </summary>
    public int MaxCursors { get; }

    public TokenVocabulary Vocabulary { get; }

    public TextMasks Texts { get; }

    public CompletionCosts Costs { get; }

    public ByteSteps Steps { get; }

    /// <summary>Starts an answer.</summary>
    public ITokenGrammar CreateSession() => new GrammarSession(this);

    /// <summary>What holds items and names of an answer to differ, or null where none have to.</summary>
    public DifferentItems? DifferentItems() => _hasDifferentItems ? new DifferentItems(this, _trie, Texts.Items, _areCalls) : null;

    /// <summary>The tokens that may follow at a place, without those that stay within the string around it.</summary>
    public NextTokens Next(Cursor cursor)
    {
        var key = Texts.AlikeAtEnd(cursor with { Frame = cursor.Frame?.Alike(_trie.MaxItems) });
        if (_next.TryGetValue(key, out var next))
            return next;
        if (!_found.TryTake(out var memory))
            memory = new FoundTokens();
        var found = new TokenWalk(_trie, Steps, Costs, Texts, _opened, memory).Next(key, _rests);
        next = new NextTokens(found, (Vocabulary.Size + 63) / 64, () => FindForced([key]));
        memory.Clear();
        if (memory.IsSmall)
            _found.Add(memory);

        // Schemas with deep recursion have places without end; those of one answer are found again soon.
        if (Interlocked.Add(ref _bytes, next.Bytes + BytesOfPlace) > BytesKept)
        {
            _next.Clear();
            Interlocked.Exchange(ref _bytes, next.Bytes + BytesOfPlace);
        }
        _next.TryAdd(key, next);
        return next;
    }

    /// <summary>Adds the numbers of the tokens (<see cref="ClosingTokens"/>) that end a text at its first quote and go on.</summary>
    /// <param name="cursor">The place in the text.</param>
    /// <param name="exits">Where the text has ended.</param>
    /// <param name="cost">At most so many tokens suffice after each.</param>
    /// <param name="numbers">The numbers as bits.</param>
    public void AddClosing(Cursor cursor, TextExits exits, int cost, Span<ulong> numbers) =>
        _rests.AddTo(cursor with { Frame = cursor.Frame?.Alike(_trie.MaxItems) }, exits, cost, numbers);

    /// <summary>What must follow, when one of several alternatives is being written.</summary>
    public ForcedRun FindForced(IReadOnlyList<Cursor> cursors) => new ForcedText(_trie, Steps, Costs, Texts, _opened).Find(cursors);

    /// <summary>The longest token of a mask that a text begins with, and its bytes; 0 bytes when there is none.</summary>
    public (int Token, int Length) Longest(ReadOnlySpan<byte> text, ReadOnlySpan<ulong> mask)
    {
        var longest = (Token: 0, Length: 0);
        var node = 0;
        for (var length = 1; length <= text.Length && (node = _trie.Child(node, text[length - 1])) != TokenTrie.None; length++)
        {
            foreach (var token in _trie.TokensAt(node))
            {
                if ((mask[token >> 6] >> (token & 63) & 1) != 0)
                    longest = (token, length);
            }
        }

        return longest;
    }
}
