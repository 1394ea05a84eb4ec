using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Grounding;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Grounding.Places;

/// <summary>Grounds the answer about a generated page, and counts what is right.</summary>
internal sealed class PlacesRun
{
    private const double LeastOverlap = 0.5;
    private const double Sure = 0.95;

    /// <summary>Values that are on the page.</summary>
    public int Planted { get; private set; }

    /// <summary>Those of them whose place is right.</summary>
    public int Right { get; private set; }

    /// <summary>Those whose place is wrong although it is said to be sure.</summary>
    public int SurelyWrong { get; private set; }

    /// <summary>Values that are not on the page.</summary>
    public int Invented { get; private set; }

    /// <summary>Those of them that are marked.</summary>
    public int Marked { get; private set; }

    /// <summary>What went wrong, in words.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Grounds one answer.</summary>
    /// <param name="page">The page.</param>
    /// <param name="content">What Extract made of it.</param>
    public void Add(PlacesPage page, ExtractedSegment content)
    {
        var evidence = new Evidence
        {
            Segment = new() { Number = 0, Kind = SegmentKind.Page, Page = page.Page },
            Words = content.Words,
            Text = content.Text,
        };
        var grounded = FieldGrounding.Of(page.Answer, new TaskQuestion("", PlacesPage.Schema, []), evidence, []);
        foreach (var field in grounded.Fields)
        {
            var citation = field.Citations.Count > 0 ? grounded.Citations[field.Citations[0]] : null;
            if (page.Planted.TryGetValue(field.Pointer, out var places))
                Count(page, field, citation, places);
            else if (page.Invented.Contains(field.Pointer))
                Count(page, field, citation);
        }
    }

    private void Count(PlacesPage page, InsightField field, Citation? citation, IReadOnlyList<Box> places)
    {
        Planted++;
        var found = citation?.Boxes ?? (citation?.Box is { } only ? [only] : []);
        if (found.Count == places.Count && found.Zip(places).All(pair => Overlap(pair.First, pair.Second) >= LeastOverlap))
        {
            Right++;
            return;
        }

        if (citation?.Score >= Sure)
            SurelyWrong++;
        Problems.Add($"{page.Kind}: {field.Pointer} is at {string.Join(", ", places)}, found {string.Join(", ", found)} "
            + $"('{citation?.Matched}', {citation?.Score})");
    }

    private void Count(PlacesPage page, InsightField field, Citation? citation)
    {
        Invented++;
        if (field.Grounded == false)
            Marked++;
        else
            Problems.Add($"{page.Kind}: {field.Pointer} is an invention, found '{citation?.Matched}', {citation?.Score}");
    }

    /// <summary>What two boxes share, of what they cover together.</summary>
    private static double Overlap(Box first, Box second)
    {
        var width = Math.Min(first.Left + first.Width, second.Left + second.Width) - Math.Max(first.Left, second.Left);
        var height = Math.Min(first.Top + first.Height, second.Top + second.Height) - Math.Max(first.Top, second.Top);
        var shared = Math.Max(0, width) * Math.Max(0, height);
        return shared / ((first.Width * first.Height) + (second.Width * second.Height) - shared);
    }
}
