using System.Globalization;
using AngleSharp.Dom;
using Qwen35Batch.Pipeline.Extract.Documents.Content;

namespace Qwen35Batch.Pipeline.Extract.Documents.Web;

/// <summary>The numbers of a page's lists, which are in no text: a browser counts them.</summary>
internal static class HtmlLists
{
    /// <summary>The children of a numbered list, each with what stands before it.</summary>
    public static IEnumerable<(IElement Item, string Label)> Of(IElement list)
    {
        var format = list.GetAttribute("type") switch
        {
            "a" => "lowerLetter",
            "A" => "upperLetter",
            "i" => "lowerRoman",
            "I" => "upperRoman",
            _ => "decimal",
        };
        var step = list.HasAttribute("reversed") ? -1 : 1;
        var number = Number(list, "start") ?? (step < 0 ? list.Children.Count(item => item.LocalName == "li") : 1);
        foreach (var item in list.Children)
        {
            if (item.LocalName != "li")
            {
                yield return (item, "");
                continue;
            }

            number = Number(item, "value") ?? number;
            yield return (item, $"{ListNumbers.Of(number, format)}. ");
            number += step;
        }
    }

    private static int? Number(IElement element, string name) =>
        int.TryParse(element.GetAttribute(name), CultureInfo.InvariantCulture, out var number) && number is > -100_000_000 and < 100_000_000
            ? number
            : null;
}
