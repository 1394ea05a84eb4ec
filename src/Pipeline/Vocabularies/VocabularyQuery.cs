using System.Data.Common;
using System.Globalization;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>Reads a list of names by a query.</summary>
internal static class VocabularyQuery
{
    private const int TimeoutSeconds = 60;

    /// <exception cref="VocabularyException">It cannot be used; the message names the setting and the row.</exception>
    public static Vocabulary Read(string name, VocabularyOptions options, IVocabularyDatabases? databases)
    {
        try
        {
            if (databases is null) throw new VocabularyException("there are no databases here; give a File.");
            using var connection = databases.Connect(options);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = options.Sql;
            command.CommandTimeout = TimeoutSeconds;
            using var reader = command.ExecuteReader();
            return Vocabulary.Create(name, Entries(reader, options), options.Unknown == UnknownNames.Free);
        }
        catch (Exception problem)
            when (problem is VocabularyException or DbException or ArgumentException or InvalidOperationException or TimeoutException
                or IOException)
        {
            throw new VocabularyException($"The list of names Tasks:Vocabularies:{name} cannot be used: its query, {problem.Message}");
        }
    }

    private static IReadOnlyList<VocabularyEntry> Entries(DbDataReader reader, VocabularyOptions options)
    {
        var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        var entries = new VocabularyEntries(columns, "its columns", options);
        var bytes = 0L;
        for (var row = 1; reader.Read(); row++)
        {
            string[] fields = [.. columns.Select((_, i) => Text(reader, i))];
            bytes += fields.Sum(field => (long)field.Length);
            if (bytes > 4 * Vocabulary.MostBytes)
                throw new VocabularyException($"row {row}: it has more than {4 * Vocabulary.MostBytes >> 20} MB: leave out columns.");
            entries.Add($"row {row}", fields);
        }

        return entries.All;
    }

    private static string Text(DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? "" : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture) ?? "";
}
