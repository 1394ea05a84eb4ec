using Qwen35Batch.Inference.Grammar.Schema;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>How many tokens it takes at least to write the names of an object's properties.</summary>
internal sealed class NameCosts
{
    private readonly int[][] _rest;
    private readonly int[] _first;
    private readonly int[] _later;

    public NameCosts(NameTerminal names, TextCosts texts)
    {
        _rest = [.. names.Texts.Select(text => texts.OfText(text))];
        _first = [.. names.Texts.Select(text => texts.OfText([(byte)'{', .. text])[0])];
        _later = [.. names.Texts.Select(text => texts.OfText([(byte)',', .. text])[0])];
        Empty = texts.OfText("{}"u8)[0];
    }

    /// <summary>The tokens of an object without properties.</summary>
    public int Empty { get; }

    /// <summary>The tokens of a name, with the punctuation around it.</summary>
    public int Whole(int index, bool isFirst) => isFirst ? _first[index] : _later[index];

    /// <summary>The tokens of what is left of a name, colon included.</summary>
    public int Rest(int index, int offset) => _rest[index][offset];
}
