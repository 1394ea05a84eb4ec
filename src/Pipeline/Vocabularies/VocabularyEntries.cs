using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>The names of a list, row by row, from columns of text.</summary>
internal sealed class VocabularyEntries
{
    private readonly List<VocabularyEntry> _entries = [];
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private readonly int _label;
    private readonly int _key;
    private readonly int _aliases;

    /// <param name="columns">The columns' names.</param>
    /// <param name="at">Where they are named, for errors.</param>
    /// <param name="options">Which of them are used.</param>
    /// <exception cref="VocabularyException">One is not there.</exception>
    public VocabularyEntries(IReadOnlyList<string> columns, string at, VocabularyOptions options)
    {
        _label = Column(columns, at, options.Label, nameof(options.Label));
        _key = options.Key is { } key ? Column(columns, at, key, nameof(options.Key)) : _label;
        _aliases = options.Aliases is { } aliases ? Column(columns, at, aliases, nameof(options.Aliases)) : -1;
    }

    public IReadOnlyList<VocabularyEntry> All => _entries;

    /// <param name="at">Where the row stands, for errors.</param>
    /// <param name="fields">The row, as many fields as there are columns.</param>
    /// <exception cref="VocabularyException">It cannot be used.</exception>
    public void Add(string at, IReadOnlyList<string> fields)
    {
        if (_entries.Count == Vocabulary.MostNames)
            throw new VocabularyException($"{at}: there are more than {Vocabulary.MostNames} names: leave out some.");
        if (fields[_key].Length == 0) throw new VocabularyException($"{at}: the key is empty.");
        if (!_keys.TryAdd(fields[_key], at))
            throw new VocabularyException($"{at}: the key '{fields[_key]}' is there twice, the first time in {_keys[fields[_key]]}.");
        if (fields[_label].Any(char.IsControl)) throw new VocabularyException($"{at}: the label has a control character or a line end.");
        _entries.Add(new(fields[_key], fields[_label], _aliases < 0 ? [] : Split(fields[_aliases]), at));
    }

    private static string[] Split(string aliases) =>
        aliases.Length == 0 ? [] : aliases.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static int Column(IReadOnlyList<string> columns, string at, string column, string setting)
    {
        for (var i = 0; i < columns.Count; i++)
            if (string.Equals(columns[i], column, StringComparison.OrdinalIgnoreCase)) return i;
        throw new VocabularyException(
            $"{at}: there is no column '{column}' for {setting}; there are {string.Join(", ", columns.Select(name => $"'{name}'"))}.");
    }
}
