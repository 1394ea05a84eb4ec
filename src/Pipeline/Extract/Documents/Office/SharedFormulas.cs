using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>
/// The formulas of a sheet that are written once for several cells: what stands in each of the others is the same formula, its relative
/// references moved as far as the cell is away from the first.
/// </summary>
internal sealed partial class SharedFormulas
{
    private const int MostRows = 1_048_576;
    private const int MaxFormulas = 100_000;

    private readonly Dictionary<string, (string Formula, int Row, int Column)> _first = new(StringComparer.Ordinal);

    /// <summary>Keeps the formula of the first cell.</summary>
    /// <param name="index">The number that the cells share.</param>
    /// <param name="formula">The formula.</param>
    /// <param name="row">The cell's row, from 1.</param>
    /// <param name="column">The cell's column, from 0.</param>
    public void Keep(string index, string formula, int row, int column)
    {
        if (_first.Count < MaxFormulas) _first.TryAdd(index, (formula, row, column));
    }

    /// <summary>The formula of another cell; null when the first one is missing.</summary>
    public string? At(string index, int row, int column) => _first.TryGetValue(index, out var first)
        ? Part().Replace(first.Formula, match => Moved(match, row - first.Row, column - first.Column))
        : null;

    private static string Moved(Match match, int rows, int columns)
    {
        if (!match.Groups["column"].Success) return match.Value;
        var column = Column(match.Groups["column"].Value);
        if (!match.Groups["fixedColumn"].Success) column += columns;
        var row = int.Parse(match.Groups["row"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        if (!match.Groups["fixedRow"].Success) row += rows;
        return column is < 1 or > ColumnNames.Last || row is < 1 or > MostRows
            ? "#REF!"
            : FormattableString.Invariant(
                $"{match.Groups["fixedColumn"].Value}{ColumnNames.Of(column)}{match.Groups["fixedRow"].Value}{row}");
    }

    private static int Column(string letters) => letters.Aggregate(0, (column, letter) => (column * 26) + letter - 'A' + 1);

    // Texts and names of sheets in quotes stand for themselves, and so does what only looks like a reference: a function, a name.
    [GeneratedRegex(
        @"""[^""]*""|'[^']*'|(?<![\w.$])(?<fixedColumn>\$)?(?<column>[A-Z]{1,3})(?<fixedRow>\$)?(?<row>[1-9]\d{0,6})(?![\w.(!])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
