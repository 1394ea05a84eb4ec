using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>Reads a list of names from its file.</summary>
internal static class VocabularyFile
{
    /// <exception cref="VocabularyException">It cannot be used; the message names the setting, the file and the line.</exception>
    public static Vocabulary Read(string name, string path, VocabularyOptions options)
    {
        try
        {
            if (!File.Exists(path)) throw new VocabularyException("there is no such file: create it, or correct the path.");
            var length = new FileInfo(path).Length;
            if (length > 4 * Vocabulary.MostBytes)
            {
                throw new VocabularyException(
                    $"it has {length >> 20} MB, more than {4 * Vocabulary.MostBytes >> 20} MB: leave out columns.");
            }

            return Vocabulary.Create(name, Entries(File.ReadAllBytes(path), options), options.Unknown == UnknownNames.Free);
        }
        catch (Exception problem) when (problem is VocabularyException or IOException or UnauthorizedAccessException)
        {
            throw new VocabularyException($"The list of names Tasks:Vocabularies:{name} cannot be used: '{path}', {problem.Message}");
        }
    }

    private static List<VocabularyEntry> Entries(byte[] content, VocabularyOptions options)
    {
        var reader = new CsvReader(content);
        if (reader.Read() is not var (_, header)) throw new VocabularyException("it is empty: the first line names the columns.");
        var label = Column(header, options.Label, nameof(options.Label));
        var key = options.Key is { } named ? Column(header, named, nameof(options.Key)) : label;
        var aliases = options.Aliases is { } others ? Column(header, others, nameof(options.Aliases)) : -1;
        var entries = new List<VocabularyEntry>();
        var keys = new Dictionary<string, int>(StringComparer.Ordinal);
        while (reader.Read() is var (line, fields))
        {
            var at = $"line {line}";
            if (fields.Count != header.Count)
                throw new VocabularyException($"{at}: it has {fields.Count} fields, where the first line names {header.Count} columns.");
            if (fields[key].Length == 0) throw new VocabularyException($"{at}: the key is empty.");
            if (!keys.TryAdd(fields[key], line))
                throw new VocabularyException($"{at}: the key '{fields[key]}' is there twice, the first time in line {keys[fields[key]]}.");
            if (fields[label].Any(char.IsControl)) throw new VocabularyException($"{at}: the label has a control character or a line end.");
            entries.Add(new(fields[key], fields[label], aliases < 0 ? [] : Split(fields[aliases]), at));
        }

        return entries;
    }

    private static string[] Split(string aliases) =>
        aliases.Length == 0 ? [] : aliases.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static int Column(IReadOnlyList<string> header, string column, string setting)
    {
        for (var at = 0; at < header.Count; at++)
            if (string.Equals(header[at], column, StringComparison.OrdinalIgnoreCase)) return at;
        throw new VocabularyException(
            $"line 1: there is no column '{column}' for {setting}; there are {string.Join(", ", header.Select(name => $"'{name}'"))}.");
    }
}
