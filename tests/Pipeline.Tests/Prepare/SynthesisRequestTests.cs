using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Tests.Prepare;

public sealed class SynthesisRequestTests
{
    [Fact]
    public void Every_insight_is_sent_with_the_page_that_it_is_of_and_gaps_are_named()
    {
        var request = SynthesisRequest.Build(Job(pages: 3, gap: 4), SegmentJobs.Task("document"), 24_000);

        var sent = request.Messages[1].Text;
        Assert.Contains("page 1: {\"text\":\"tttttttttt\"}\npage 2: ", sent, StringComparison.Ordinal);
        Assert.Contains(
            "This is what was found in 3 parts of a document of 10 pages, in order. Nothing is known of page 4: do not guess what is "
                + "there.",
            sent,
            StringComparison.Ordinal);
        Assert.Equal([ReadingNote.Gap("1 of 4 segments have no insight: page 4.")], request.Notes);
        Assert.Equal(3, request.Evidence.Insights.Count);
    }

    [Fact]
    public void Pages_of_the_answer_are_kept_to_those_that_were_sent()
    {
        var request = SynthesisRequest.Build(Job(pages: 3), SegmentJobs.Task("document"), 24_000);

        var page = ((ChatResponseFormatJson)request.Options.ResponseFormat!).Schema!.Value
            .GetProperty("properties")
            .GetProperty("dates")
            .GetProperty("items")
            .GetProperty("properties").GetProperty("page").GetProperty("anyOf")[0];
        Assert.Equal("""{"type":"integer","minimum":1,"maximum":3}""", page.GetRawText());
    }

    [Theory]
    [InlineData(20, 500, 4_000)]
    [InlineData(200, 4_000, 24_000)]
    [InlineData(3_000, 200, 10_000)]
    public void Insights_are_shortened_to_the_budget_the_same_way_every_time(int pages, int characters, int budget)
    {
        var job = Job(pages, characters: characters);

        var first = InsightDigest.Make(job.Insights, budget);
        var second = InsightDigest.Make(job.Insights, budget);

        Assert.True(first.Shortened);
        Assert.InRange(first.Kept.Sum(entry => entry.Json.Length), budget / 10, budget);
        Assert.Equal(first.Kept, second.Kept);
        Assert.All(first.Kept, entry => JsonDocument.Parse(entry.Json).Dispose());
    }

    [Fact]
    public void Insights_that_fit_are_sent_as_they_are()
    {
        var digest = InsightDigest.Make(Job(pages: 3).Insights, 24_000);

        Assert.False(digest.Shortened);
        Assert.Equal("""{"text":"tttttttttt"}""", digest.Kept[0].Json);
    }

    [Fact]
    public void When_not_even_the_shortest_fit_only_those_that_were_sent_are_evidence_and_the_note_says_it()
    {
        var request = SynthesisRequest.Build(Job(pages: 3_000, characters: 100), SegmentJobs.Task("document"), 10_000);

        Assert.InRange(request.Evidence.Insights.Count, 50, 600);
        Assert.Contains(
            $"rests on {request.Evidence.Insights.Count} of 3000 insights", Assert.Single(request.Notes).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_synthesis_over_nothing_is_refused() =>
        Assert.Throws<MediaRejectedException>(() => SynthesisRequest.Build(Job(pages: 0), SegmentJobs.Task("document"), 24_000));

    private static SegmentJob Job(int pages, int? gap = null, int characters = 10) =>
        SegmentJobs.Job(new() { Number = pages, Kind = SegmentKind.Synthesis }, MediaKind.Pdf, "document") with
        {
            Insights = [.. Enumerable.Range(0, pages).Select(number => new SegmentInsight(
                new() { Number = number, Kind = SegmentKind.Page, Page = number + 1 },
                JsonSerializer.SerializeToElement(new { text = new string('t', characters) }),
                [new() { Segment = number, Page = number + 1 }]))],
            Gaps = gap is { } page ? [new() { Number = page - 1, Kind = SegmentKind.Page, Page = page }] : [],
        };
}
