namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>What a reader of a workbook must know of beside its cells.</summary>
internal sealed class SheetFindings
{
    /// <summary>The formulas that the cells of the present sheet share.</summary>
    public SharedFormulas Formulas { get; set; } = new();

    /// <summary>Cells whose formula is shown in place of a value.</summary>
    public int Uncalculated { get; set; }

    /// <summary>Cells with neither a value nor a formula's text.</summary>
    public int Lost { get; set; }

    /// <summary>Cells that hold a picture, or a record of a service, and show it only in newer programs.</summary>
    public int RichCells { get; set; }

    /// <summary>Whether rows or columns were beyond the limits.</summary>
    public bool IsCut { get; set; }
}
