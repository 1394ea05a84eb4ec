namespace Qwen35Batch.Pipeline.Extract.Documents.Packages;

/// <summary>Items that are looked up by name over and over: they are gone through once, and the first of a name is found.</summary>
/// <param name="items">The items.</param>
/// <param name="name">An item's name.</param>
/// <param name="comparer">Which names are the same.</param>
internal sealed class FirstByName<T>(IEnumerable<T> items, Func<T, string> name, StringComparer comparer)
    where T : class
{
    private readonly Lazy<Dictionary<string, T>> _items = new(() =>
    {
        var found = new Dictionary<string, T>(comparer);
        foreach (var item in items)
            found.TryAdd(name(item), item);
        return found;
    });

    /// <summary>The first item of a name; null when there is none.</summary>
    public T? Find(string? wanted) => wanted is null ? null : _items.Value.GetValueOrDefault(wanted);
}
