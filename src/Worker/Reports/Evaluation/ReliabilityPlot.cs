using System.Globalization;
using System.Text;
using Qwen35Batch.Worker.Confidence;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>Draws probability against share of right ones: what can be relied on lies on the diagonal.</summary>
internal static class ReliabilityPlot
{
    private const int Side = 320;
    private const int Edge = 44;

    /// <summary>An SVG element. The scale begins where the lowest bin does: of good models all lie close to 1.</summary>
    public static string Svg(Reliability reliability)
    {
        var lowest = Math.Min(reliability.Bins.Min(bin => Math.Min(bin.Mean, bin.Right)), 0.99);
        var from = Math.Floor(lowest * 20) / 20;
        const int Whole = Side + (2 * Edge);
        var svg = new StringBuilder();
        Add($"<svg viewBox=\"0 0 {Whole} {Whole}\" width=\"{Whole}\" role=\"img\">");
        Add($"<title>Probability against the share of right fields</title>");
        Add($"<rect x=\"{Edge}\" y=\"{Edge}\" width=\"{Side}\" height=\"{Side}\" fill=\"none\" stroke=\"#888\"/>");
        Add($"<line x1=\"{Edge}\" y1=\"{Edge + Side}\" x2=\"{Edge + Side}\" y2=\"{Edge}\" stroke=\"#bbb\"/>");
        foreach (var value in (double[])[from, (1 + from) / 2, 1])
        {
            Text(X(value), Edge + Side + 16, "middle", value.ToString("0.###", CultureInfo.InvariantCulture));
            Text(Edge - 6, Y(value) + 4, "end", value.ToString("0.###", CultureInfo.InvariantCulture));
        }

        Text(Edge + (Side / 2.0), Side + Edge + 34, "middle", "probability");
        Text(Edge + (Side / 2.0), 20, "middle", "share of right fields");
        foreach (var bin in reliability.Bins)
        {
            Add($"<circle cx=\"{X(bin.Mean):0.#}\" cy=\"{Y(bin.Right):0.#}\" r=\"5\" fill=\"#36c\">");
            Add($"<title>{bin.Mean:P2} said, {bin.Right:P2} right, {bin.Count} fields</title></circle>");
        }

        return svg.Append("</svg>").ToString();

        double X(double value) => Edge + ((value - from) / (1 - from) * Side);

        double Y(double value) => Edge + Side - ((value - from) / (1 - from) * Side);

        void Text(double x, double y, string anchor, string text) =>
            Add($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" font-size=\"11\" text-anchor=\"{anchor}\">{text}</text>");

        void Add(FormattableString element) => svg.Append(element.ToString(CultureInfo.InvariantCulture));
    }
}
