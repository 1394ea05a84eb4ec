using System.Text;

namespace Qwen35Batch.Inference.Tokenization;

/// <summary>
/// Collects the tokens of a prompt. Text between two special tokens is encoded as one, whoever wrote its parts: that is how the
/// model's own tokenizer sees it.
/// </summary>
internal sealed class TokenWriter(Qwen35Tokenizer tokenizer)
{
    private readonly List<int> _ids = [];
    private readonly StringBuilder _text = new();

    /// <summary>Ends the text, and returns the number of tokens so far.</summary>
    public int End()
    {
        if (_text.Length > 0)
        {
            _ids.AddRange(tokenizer.Encode(_text.ToString()));
            _text.Clear();
        }

        return _ids.Count;
    }

    /// <summary>Writes a piece of the template: special tokens in it are special tokens.</summary>
    public void Template(string text)
    {
        foreach (var (ordinary, added) in tokenizer.SplitAtAddedTokens(text))
        {
            _text.Append(ordinary);
            if (added is { } id)
                Add(id);
        }
    }

    /// <summary>Writes text that is never a special token.</summary>
    public void Content(string text) => _text.Append(text);

    /// <summary>Writes a special token.</summary>
    public void Add(int id, int count = 1)
    {
        End();
        _ids.AddRange(Enumerable.Repeat(id, count));
    }

    /// <summary>Returns the prompt.</summary>
    public int[] Finish()
    {
        End();
        return [.. _ids];
    }
}
