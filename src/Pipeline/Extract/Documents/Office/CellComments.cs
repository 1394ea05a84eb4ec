using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>The comments on a sheet's cells: notes, and conversations with their replies.</summary>
internal static class CellComments
{
    /// <summary>Adds them.</summary>
    /// <param name="main">The workbook.</param>
    /// <param name="sheet">The sheet.</param>
    /// <param name="text">Where they go.</param>
    public static void Add(OfficePart main, OfficePart sheet, DocumentText text)
    {
        var said = sheet.OfKind("threadedComment").SelectMany(part => PartXml.Load(part).Children("threadedComment")).ToList();
        foreach (var part in sheet.OfKind("comments"))
        {
            var comments = PartXml.Load(part);
            var authors = comments.Child("authors").Children("author").Select(author => author.Value).ToList();
            foreach (var comment in comments.Child("commentList").Children("comment"))
            {
                // What stands in for a conversation in programs that know none only says that it does.
                var author = int.TryParse(comment.Att("authorId"), out var number) && number >= 0 && number < authors.Count
                    ? authors[number] : "";
                if (said.Count == 0 || !author.StartsWith("tc=", StringComparison.Ordinal))
                    text.Paragraph($"Comment on {comment.Att("ref")}: {string.Concat(comment.All("t").Select(run => run.Value))}");
            }
        }

        var people = main.OfKind("person").SelectMany(part => PartXml.Load(part).Children("person"))
            .Where(person => person.Att("id") is not null)
            .GroupBy(person => person.Att("id")!, StringComparer.Ordinal)
            .ToDictionary(person => person.Key, person => person.First().Att("displayName"), StringComparer.Ordinal);
        foreach (var comment in said)
        {
            var name = people.GetValueOrDefault(comment.Att("personId") ?? "") is { Length: > 0 } known ? $" ({known})" : "";
            text.Paragraph(
                $"{(comment.Att("parentId") is null ? "Comment" : "Reply")} on {comment.Att("ref")}{name}: {comment.Child("text")?.Value}");
        }
    }
}
