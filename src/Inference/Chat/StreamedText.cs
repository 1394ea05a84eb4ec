namespace Qwen35Batch.Inference.Chat;

/// <summary>
/// Passes on a growing text as far as it is certain: a possible beginning of a mark at its end is held back, and so is white space,
/// which is dropped when nothing follows. From the first complete mark on nothing is passed on.
/// </summary>
internal sealed class StreamedText(IReadOnlyList<string> marks)
{
    private string _held = "";
    private bool _hasText;
    private bool _isEnded;

    /// <summary>Adds text, and returns what is certain now.</summary>
    public string Append(string text)
    {
        if (_isEnded)
        {
            return "";
        }

        _held += text;
        if (!_hasText)
        {
            _held = _held.TrimStart();
        }

        var end = marks.Select(mark => _held.IndexOf(mark, StringComparison.Ordinal)).Where(index => index >= 0).DefaultIfEmpty(-1).Min();
        _isEnded = end >= 0;
        return Pass(_isEnded ? end : _held.Length - marks.Select(HeldBack).DefaultIfEmpty(0).Max());
    }

    /// <summary>Ends the text, and returns what was held back.</summary>
    public string Flush() => _isEnded ? "" : Pass(_held.Length);

    private string Pass(int length)
    {
        var certain = _held[..length].TrimEnd();
        _held = _held[certain.Length..];
        _hasText |= certain.Length > 0;
        return certain;
    }

    /// <summary>The longest end of the held text that a mark could start with.</summary>
    private int HeldBack(string mark)
    {
        for (var length = Math.Min(mark.Length - 1, _held.Length); length > 0; length--)
        {
            if (_held.EndsWith(mark[..length], StringComparison.Ordinal))
            {
                return length;
            }
        }

        return 0;
    }
}
