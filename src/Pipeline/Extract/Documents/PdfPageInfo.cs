using System.Globalization;
using System.Text;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>Takes apart what poppler's tools say of several pages at once.</summary>
internal static class PdfPageInfo
{
    /// <summary>What <c>pdfinfo</c> says of each page, with what it says of the document; null where it says nothing of one.</summary>
    public static IReadOnlyList<string?> Split(string answer, int from, int to)
    {
        var document = new StringBuilder();
        var pages = new StringBuilder?[to - from + 1];
        foreach (var line in answer.Split('\n'))
        {
            if (PageOf(line) is not { } page)
                document.Append(line).Append('\n');
            else if (page >= from && page <= to)
                (pages[page - from] ??= new()).Append(line).Append('\n');
        }

        return [.. pages.Select(page => page is null ? null : $"{document}{page}")];
    }

    /// <summary>The lines of a table whose first column is a page.</summary>
    public static string LinesOf(string table, int page) =>
        string.Join('\n', table.Split('\n').Where(line => NumberAt(line.AsSpan().TrimStart()) == page));

    /// <summary>The texts of pages, each ended by a byte; all null when there are more or fewer, null for one that is too long.</summary>
    public static string?[] SplitAfter(ReadOnlySpan<byte> answer, byte end, int count, int mostBytes)
    {
        var texts = new string?[count];
        if (answer.Count(end) != count || answer[^1] != end)
            return texts;
        for (var index = 0; index < count; index++)
        {
            var length = answer.IndexOf(end);
            texts[index] = Decoded(answer[..length], mostBytes);
            answer = answer[(length + 1)..];
        }

        return texts;
    }

    /// <summary>The texts of pages, each begun by a word; otherwise as <see cref="SplitAfter"/>.</summary>
    public static ReadOnlyMemory<byte>?[] SplitBefore(ReadOnlyMemory<byte> answer, ReadOnlySpan<byte> begin, int count, int mostBytes)
    {
        var texts = new ReadOnlyMemory<byte>?[count];
        if (answer.Span.Count(begin) != count)
            return texts;
        answer = answer[answer.Span.IndexOf(begin)..];
        for (var index = 0; index < count; index++)
        {
            var next = answer.Span[begin.Length..].IndexOf(begin);
            var length = next < 0 ? answer.Length : begin.Length + next;
            texts[index] = length > mostBytes ? null : answer[..length];
            answer = answer[length..];
        }

        return texts;
    }

    private static string? Decoded(ReadOnlySpan<byte> text, int mostBytes) =>
        text.Length > mostBytes ? null : Encoding.UTF8.GetString(text);

    private static int? PageOf(string line) =>
        line.StartsWith("Page ", StringComparison.Ordinal) ? NumberAt(line.AsSpan("Page ".Length).TrimStart()) : null;

    private static int? NumberAt(ReadOnlySpan<char> text)
    {
        var blank = text.IndexOf(' ');
        return blank > 0 && int.TryParse(text[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
