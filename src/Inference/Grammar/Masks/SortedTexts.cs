using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>Texts in the order of their characters, each with an item, and of each only the characters that the one before lacks.</summary>
internal sealed class SortedTexts
{
    private readonly int[] _shared;
    private readonly int[] _to;
    private readonly int[] _characters;
    private readonly int[] _items;

    /// <param name="texts">The characters and the item of each text.</param>
    public SortedTexts(List<(int[] Characters, int Item)> texts)
    {
        texts.Sort(static (left, right) => left.Characters.AsSpan().SequenceCompareTo(right.Characters));
        (_shared, _to, _items) = (new int[texts.Count], new int[texts.Count], new int[texts.Count]);
        var characters = new List<int>();
        ReadOnlySpan<int> before = [];
        for (var i = 0; i < texts.Count; i++)
        {
            ReadOnlySpan<int> text = texts[i].Characters;
            _shared[i] = before.CommonPrefixLength(text);
            characters.AddRange(text[_shared[i]..]);
            (_to[i], _items[i]) = (characters.Count, texts[i].Item);
            before = text;
            Depth = Math.Max(Depth, text.Length);
        }

        _characters = [.. CollectionsMarshal.AsSpan(characters)];
    }

    /// <summary>The most characters of a text.</summary>
    public int Depth { get; }

    /// <summary>How many characters each text shares with the one before.</summary>
    public ReadOnlySpan<int> Shared => _shared;

    /// <summary>For each text where its own part of <see cref="Characters"/> ends; it begins where that of the text before does.</summary>
    public ReadOnlySpan<int> To => _to;

    /// <summary>The characters behind those that are shared.</summary>
    public ReadOnlySpan<int> Characters => _characters;

    public ReadOnlySpan<int> Items => _items;

    /// <summary>The same texts with other numbers for their characters, which have the same order.</summary>
    public void Renumber(Func<int, int> number)
    {
        for (var i = 0; i < _characters.Length; i++)
            _characters[i] = number(_characters[i]);
    }
}
