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

    private static IReadOnlyList<VocabularyEntry> Entries(byte[] content, VocabularyOptions options)
    {
        var reader = new CsvReader(content);
        if (reader.Read() is not var (_, header)) throw new VocabularyException("it is empty: the first line names the columns.");
        var entries = new VocabularyEntries(header, "line 1", options);
        while (reader.Read() is var (line, fields))
        {
            if (fields.Count != header.Count)
            {
                throw new VocabularyException(
                    $"line {line}: it has {fields.Count} fields, where the first line names {header.Count} columns.");
            }

            entries.Add($"line {line}", fields);
        }

        return entries.All;
    }
}
