using System.Text;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>Reads RFC 4180: quoted fields may hold commas, quotes (doubled) and line ends.</summary>
internal static class CsvTable
{
    public static List<Dictionary<string, string>> Parse(string text)
    {
        var records = Records(text).ToList();
        return [.. records.Skip(1).Select(record =>
        {
            Assert.Equal(records[0].Count, record.Count);
            return records[0].Zip(record).ToDictionary(pair => pair.First, pair => pair.Second);
        })];
    }

    private static IEnumerable<List<string>> Records(string text)
    {
        var record = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var next = text[i];
            if (quoted && next == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (next == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && next is ',' or '\n')
            {
                record.Add(field.ToString());
                field.Clear();
                if (next == ',') continue;
                yield return record;
                record = [];
            }
            else
            {
                field.Append(next);
            }
        }
    }
}
