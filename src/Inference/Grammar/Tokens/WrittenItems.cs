namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// What has been written of an answer, and the items of the arrays and the names of the objects that are open in it: where these have to
/// differ, it tells which may not follow. One instance an answer.
/// </summary>
/// <param name="areCalls">Whether JSON only stands within the call of a tool, which is a level of its own.</param>
internal sealed class WrittenItems(bool areCalls)
{
    private byte[] _text = new byte[256];
    private int _length;
    private bool _isText;
    private bool _isEscaped;
    private List<Level> _levels = areCalls ? [default] : [];
    private readonly int _outer = areCalls ? 1 : 0;

    /// <summary>Whether a backslash was the last byte of a text.</summary>
    public bool IsEscaped => _isEscaped;

    /// <summary>Where the writing stands, to come back to it.</summary>
    public Place Save() => new(_length, _isText, _isEscaped, [.. _levels]);

    /// <summary>Goes back to an earlier place.</summary>
    public void Restore(Place place) =>
        (_length, _isText, _isEscaped, _levels) = (place.Length, place.IsText, place.IsEscaped, [.. place.Levels]);

    /// <summary>The depth of the array or object that gets an item or name again which it has when a byte follows; else 0.</summary>
    public int RepeatedAt(byte next)
    {
        if (_isText || _levels.Count == _outer)
            return 0;
        var level = _levels[^1];
        if (!(level.IsArray ? next is (byte)',' or (byte)']' : next == ':'))
            return 0;
        var item = _text.AsSpan(level.Start, _length - level.Start);
        for (var earlier = level.Items; earlier is not null; earlier = earlier.Before)
        {
            if (item.SequenceEqual(TextOf(earlier)))
                return _levels.Count;
        }

        return 0;
    }

    /// <summary>Goes on after a byte.</summary>
    /// <param name="next">The byte.</param>
    /// <param name="depth">How many objects and arrays are open afterwards, a call counted as one.</param>
    public void Append(byte next, int depth)
    {
        var level = _levels.Count > 0 ? _levels[^1] : default;
        if (areCalls && _levels.Count == _outer && depth <= _outer)
        {
            // A call's own text, and values that are written as they are.
        }
        else if (_isText)
        {
            _isText = _isEscaped || next != '"';
            _isEscaped = !_isEscaped && next == '\\';
        }
        else if (next == '"')
        {
            _isText = true;
        }
        else if (next is (byte)'[' or (byte)'{')
        {
            _levels.Add(new Level(next == '[', _length + 1, null));
        }
        else if (next is (byte)']' or (byte)'}')
        {
            _levels.RemoveAt(_levels.Count - 1);
        }
        else if (next == ',')
        {
            var items = level.IsArray ? new Item(level.Start, _length - level.Start, level.Items) : level.Items;
            _levels[^1] = new Level(level.IsArray, _length + 1, items);
        }
        else if (next == ':' && !level.IsArray)
        {
            _levels[^1] = level with { Items = new Item(level.Start, _length - level.Start, level.Items) };
        }

        if (_length == _text.Length)
            Array.Resize(ref _text, 2 * _length);
        _text[_length++] = next;
    }

    /// <summary>
    /// What is left of the earlier items of an array, or names of an object, that begin as what is written of the present one.
    /// </summary>
    /// <param name="depth">The array's or the object's.</param>
    public List<ReadOnlyMemory<byte>> Alike(int depth)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        if (depth == 0 || _levels.Count < depth)
            return found;
        var level = _levels[depth - 1];
        var item = _text.AsSpan(level.Start, _length - level.Start);
        for (var earlier = level.Items; earlier is not null; earlier = earlier.Before)
        {
            if (TextOf(earlier).StartsWith(item))
                found.Add(_text.AsMemory(earlier.Start + item.Length, earlier.Length - item.Length));
        }

        return found;
    }

    private ReadOnlySpan<byte> TextOf(Item item) => _text.AsSpan(item.Start, item.Length);

    /// <summary>How far an answer is written.</summary>
    internal readonly record struct Place(int Length, bool IsText, bool IsEscaped, Level[] Levels);

    /// <summary>An open object or array.</summary>
    /// <param name="IsArray">Whether it is an array.</param>
    /// <param name="Start">Where its present item or name begins.</param>
    /// <param name="Items">The last of its finished items or names.</param>
    internal readonly record struct Level(bool IsArray, int Start, Item? Items);

    /// <summary>A finished item or name, and the one before it.</summary>
    internal sealed record Item(int Start, int Length, Item? Before);
}
