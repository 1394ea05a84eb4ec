using System.Globalization;
using System.Text;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Search;

/// <summary>One result of a search: foreign text.</summary>
internal sealed record FoundItem(Uri Address, string Title, string Text)
{
    private const int LongestAddress = 1_000;
    private const int LongestTitle = 300;
    private const int LongestText = 2_000;

    /// <summary>An address that may be shown and read: of the web, not too long, and without a user's name.</summary>
    public static Uri? WebAddress(string? text) =>
        text is { Length: <= LongestAddress }
        && Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https"
        && address.UserInfo.Length == 0
            ? address
            : null;

    /// <summary>A list for the model, and the addresses in it.</summary>
    public static ToolResult List(IReadOnlyList<FoundItem> items, string remark, long bytes, IEnumerable<SeenAddress>? more = null)
    {
        var text = new StringBuilder(remark);
        for (var index = 0; index < items.Count; index++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\n{index + 1}. {PlainText.Line(items[index].Title, LongestTitle)}\n")
                .Append(items[index].Address.AbsoluteUri)
                .Append('\n')
                .Append(PlainText.Line(items[index].Text, LongestText));
        }

        return new(text.ToString())
        {
            Addresses =
            [
                .. items.Select(item => new SeenAddress(item.Address, PlainText.Line(item.Title, LongestTitle))).Concat(more ?? [])
            ],
            Bytes = bytes,
        };
    }
}
