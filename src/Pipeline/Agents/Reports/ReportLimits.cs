namespace Qwen35Batch.Pipeline.Agents.Reports;

/// <summary>The longest texts that a report shows, in UTF-16 units; what is longer ends with an ellipsis.</summary>
internal static class ReportLimits
{
    public const int Heading = 300;
    public const int Paragraph = 8_000;
    public const int Quote = 600;
    public const int Caption = 600;
    public const int Address = 2_000;
}
