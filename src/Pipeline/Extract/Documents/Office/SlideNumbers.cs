using System.Globalization;
using System.Xml.Linq;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Packages;

namespace Qwen35Batch.Pipeline.Extract.Documents.Office;

/// <summary>
/// The numbers that PowerPoint writes before the paragraphs of one shape: they are in no text, but counted by whoever shows the slide.
/// </summary>
internal sealed class SlideNumbers
{
    private const int Levels = 9;

    private readonly (string Scheme, int Next)[] _counts = new (string, int)[Levels];

    /// <summary>What stands before the next paragraph: a number such as <c>2.</c>, <c>-</c>, or nothing.</summary>
    public string Label(XElement paragraph)
    {
        var properties = paragraph.Child("pPr");
        var level = Math.Clamp(Number(properties?.Att("lvl")) ?? 0, 0, Levels - 1);
        for (var deeper = level + 1; deeper < Levels; deeper++)
            _counts[deeper] = default;
        if (properties.Child("buAutoNum") is not { } number)
        {
            // A paragraph without words has no number, and ends no list.
            if (paragraph.All("t").Any(run => run.Value.Length > 0)) _counts[level] = default;
            return properties.Child("buChar") is null ? "" : "-";
        }

        if (!paragraph.All("t").Any(run => run.Value.Length > 0)) return "";
        var type = number.Att("type") ?? "arabicPeriod";
        var start = Number(number.Att("startAt")) ?? 1;
        var scheme = FormattableString.Invariant($"{type} {start}");
        var value = _counts[level].Scheme == scheme ? _counts[level].Next : start;
        _counts[level] = (scheme, value + 1);
        return Shown(type, value);
    }

    private static string Shown(string type, int value)
    {
        var number = ListNumbers.Of(value, type switch
        {
            _ when type.StartsWith("romanUc", StringComparison.Ordinal) => "upperRoman",
            _ when type.StartsWith("romanLc", StringComparison.Ordinal) => "lowerRoman",
            _ when type.StartsWith("alphaUc", StringComparison.Ordinal) => "upperLetter",
            _ when type.StartsWith("alphaLc", StringComparison.Ordinal) => "lowerLetter",
            _ when type.StartsWith("circleNum", StringComparison.Ordinal) => "decimalEnclosedCircle",
            _ when type.StartsWith("ea1", StringComparison.Ordinal) => "japaneseCounting",
            _ => "decimal",
        });
        return type switch
        {
            _ when type.EndsWith("Period", StringComparison.Ordinal) => $"{number}.",
            _ when type.EndsWith("ParenBoth", StringComparison.Ordinal) => $"({number})",
            _ when type.EndsWith("ParenR", StringComparison.Ordinal) => $"{number})",
            _ => number,
        };
    }

    private static int? Number(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
