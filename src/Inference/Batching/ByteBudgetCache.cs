namespace Qwen35Batch.Inference.Batching;

/// <summary>Keeps what was used last, up to a number of bytes. Not thread-safe.</summary>
internal sealed class ByteBudgetCache<TKey, TValue>(long budget, Action<TValue>? evicted = null)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();

    public long Bytes { get; private set; }

    public bool Contains(TKey key) => _entries.ContainsKey(key);

    public bool TryGet(TKey key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value)
    {
        if (!_entries.TryGetValue(key, out var node))
        {
            value = default;
            return false;
        }

        _byUse.Remove(node);
        _byUse.AddFirst(node);
        value = node.Value.Value;
        return true;
    }

    /// <summary>Adds a value, and evicts what was used longest ago until it fits. One that can never fit is evicted at once.</summary>
    public void Add(TKey key, TValue value, long bytes)
    {
        Remove(key);
        if (bytes > budget)
        {
            evicted?.Invoke(value);
            return;
        }

        while (Bytes + bytes > budget)
        {
            Remove(_byUse.Last!.Value.Key);
        }

        _entries.Add(key, _byUse.AddFirst(new Entry(key, value, bytes)));
        Bytes += bytes;
    }

    public void Clear()
    {
        while (_byUse.Last is { } last)
        {
            Remove(last.Value.Key);
        }
    }

    private void Remove(TKey key)
    {
        if (_entries.Remove(key, out var node))
        {
            _byUse.Remove(node);
            Bytes -= node.Value.Bytes;
            evicted?.Invoke(node.Value.Value);
        }
    }

    private sealed record Entry(TKey Key, TValue Value, long Bytes);
}
