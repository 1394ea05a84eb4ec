namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>What columns of sheets are called.</summary>
internal static class ColumnNames
{
    /// <summary>The number of the last column that a sheet can have.</summary>
    public const int Last = 16_384;

    /// <summary>What is said of sheets with hidden columns.</summary>
    public const string Remark = "Sheets have hidden columns; they are named.";

    /// <summary>Names hidden columns, by their numbers from 1.</summary>
    public static string Hidden(IEnumerable<(int First, int Last)> columns) =>
        $"(hidden columns: {string.Join(", ", columns.Select(Range))})";

    private static string Range((int First, int Last) columns) =>
        columns.First == columns.Last ? Of(columns.First) : $"{Of(columns.First)}–{Of(columns.Last)}";

    /// <summary>A column's letters, by its number from 1.</summary>
    public static string Of(int column)
    {
        var letters = "";
        for (; column > 0; column = (column - 1) / 26)
            letters = (char)('A' + ((column - 1) % 26)) + letters;
        return letters;
    }
}
