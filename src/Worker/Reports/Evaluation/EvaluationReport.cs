using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Worker.Confidence;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>A page with the accuracies, and every wrong answer beside its picture. It refers to the media where they lie.</summary>
internal static class EvaluationReport
{
    private const string Style =
        "body{font:14px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 "
            + "1em}table{border-collapse:collapse}td,th{padding:.2em .8em;text-align:left;border-bottom:1px solid #ddd;vertical-align:top}"
        + "section{display:flex;gap:1.5em;margin:2em 0;border-top:2px solid "
        + "#888;padding-top:1em}img,video{max-width:24em;max-height:24em}td.wrong{background:#fdd}code{overflow-wrap:anywhere}";

    public static async Task WriteAsync(
        string path, EvaluationSummary summary, IReadOnlyList<EvaluationResult> results, Reliability? reliability,
        CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(full, Page(summary, results, reliability, folder), cancellationToken);
    }

    private static string Page(
        EvaluationSummary summary, IReadOnlyList<EvaluationResult> results, Reliability? reliability, string folder)
    {
        var page = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Evaluation</title><style>")
            .Append(Style)
            .Append("</style></head><body>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{summary.Accuracy:P1} of {summary.Items} items right</h1>");
        page.Append("<table><tr><th>kind</th><th>field</th><th>right</th><th>of</th><th>accuracy</th></tr>");
        foreach (var share in summary.Kinds.Concat(summary.Fields).OrderBy(share => share.Kind, StringComparer.Ordinal))
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Text(share.Kind)}</td><td>{Text(share.Name)}</td><td>{share.Right}</td><td>{share.Count}</td><td>"
                    + $"{share.Accuracy:P1}</td></tr>");
        }

        page.Append("</table>");
        if (reliability is not null)
        {
            page.Append("<h2>Probabilities of fields</h2><p>")
                .Append(Text(reliability.Line))
                .Append("</p>")
                .Append(ReliabilityPlot.Svg(reliability));
        }

        foreach (var result in results.Where(result => !result.IsRight)) Add(page, result, folder);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Add(StringBuilder page, EvaluationResult result, string folder)
    {
        var item = result.Item;
        page.Append("<section><div>").Append(Media(item.Media, folder)).Append("</div><div><h2>").Append(Text(item.Id)).Append("</h2>");
        if (result.Answer.ValueKind == JsonValueKind.Undefined) page.Append("<p>There is no answer.</p>");
        page.Append("<table><tr><th>field</th><th>expected</th><th>answered</th></tr>");
        foreach (var field in item.Fields)
        {
            page.Append("<tr><td>")
                .Append(Text(field.Name))
                .Append("</td><td><code>")
                .Append(Text(FieldComparison.Show(field, item.Expected)))
                .Append(result.Wrong.Contains(field) ? "</code></td><td class=\"wrong\"><code>" : "</code></td><td><code>")
                .Append(Text(FieldComparison.Show(field, result.Answer))).Append("</code></td></tr>");
        }

        page.Append("</table></div></section>");
    }

    private static string Media(string file, string folder)
    {
        var path = Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');
        var link = Text(string.Join('/', path.Split('/').Select(Uri.EscapeDataString)));
        return Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".png" or ".jpg" or ".jpeg" or ".webp" or ".gif" => $"<img src=\"{link}\" alt=\"\">",
            ".mp4" or ".webm" => $"<video src=\"{link}\" controls></video>",
            _ => $"<a href=\"{link}\">{Text(Path.GetFileName(file))}</a>",
        };
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
