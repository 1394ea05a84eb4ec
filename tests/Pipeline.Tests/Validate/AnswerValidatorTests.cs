using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tests.Tasks;
using Qwen35Batch.Pipeline.Validate;

namespace Qwen35Batch.Pipeline.Tests.Validate;

public sealed class AnswerValidatorTests
{
    private static readonly SegmentReference Clip = new() { Number = 1, Kind = SegmentKind.Clip, StartSeconds = 10, EndSeconds = 20 };
    private static readonly SegmentReference Synthesis = new() { Number = 9, Kind = SegmentKind.Synthesis };

    private static readonly TaskQuestion Question = Catalogs.Read("""
        {
          "name": "t", "description": "d", "kinds": ["video"], "prompt": "p", "transcript": "/said",
          "schema": {
            "type": "object", "additionalProperties": false, "required": ["parts", "moments", "pages", "said"],
            "properties": {
              "parts": {
                "type": "array", "items": {
                  "type": "object", "properties": { "from": { "type": "number" }, "to": { "type": "number" } },
                  "required": ["from", "to"], "additionalProperties": false
                }
              },
              "moments": {
                "type": "array", "items": {
                  "type": "object", "properties": { "at": { "type": "integer" } }, "required": ["at"], "additionalProperties": false
                }
              },
              "pages": {
                "type": "array", "items": {
                  "type": "object", "properties": { "page": { "type": ["integer", "null"] } },
                  "required": ["page"], "additionalProperties": false
                }
              },
              "said": {
                "type": "array", "maxItems": 2, "items": {
                  "type": "object",
                  "properties": {
                    "start": { "type": "number" }, "end": { "type": "number" }, "text": { "type": "string", "maxLength": 6 }
                  },
                  "required": ["start", "end", "text"], "additionalProperties": false
                }
              }
            }
          },
          "citations": [
            { "field": "/parts/*", "start": "from", "end": "to" }, { "field": "/moments/*", "time": "at" },
            { "field": "/pages/*", "page": "page" }
          ]
        }
        """).Segment;

    private static readonly Evidence Frames = new()
    {
        Segment = Clip,
        Span = new(10, 20),
        Tolerance = 0.5,
        Pictures = [new("aa", Seconds: 10.02), new("bb", Seconds: 13), new("cc", Seconds: 19.02)],
    };

    [Fact]
    public void Times_within_half_a_frame_become_the_spans_edge()
    {
        var insight = Valid("""{"parts":[{"from":9.6,"to":20.4}],"moments":[{"at":10}],"pages":[],"said":[]}""", Frames);

        Assert.Equal("""[{"from":10,"to":20}]""", insight.Insight.GetProperty("parts").GetRawText());
    }

    [Theory]
    [InlineData(
        """{"parts":[{"from":9.4,"to":12}],"moments":[],"pages":[],"said":[]}""",
        "At '/parts/0/from', 9.4 s is outside of what was sent, 10.0–20.0 s.")]
    [InlineData(
        """{"parts":[],"moments":[{"at":15},{"at":21}],"pages":[],"said":[]}""",
        "At '/moments/1/at', 21.0 s is outside of what was sent, 10.0–20.0 s.")]
    [InlineData("""{"parts":[],"moments":[],"pages":[{"page":1}],"said":[]}""", "At '/pages/0/page', no page was sent: null is needed.")]
    [InlineData("""{"parts":[],"moments":[],"pages":[],"said":0}""", "Wrong at '/said', an array is needed, not the number 0.")]
    [InlineData("""{"parts":[]""", "It is not the JSON that was asked for:")]
    public void What_was_not_sent_or_not_asked_for_is_a_problem(string answer, string problem) =>
        Assert.StartsWith(problem, Assert.IsType<Verdict.Invalid>(Check(answer, Frames)).Problem, StringComparison.Ordinal);

    [Fact]
    public void An_answer_that_was_cut_off_is_asked_for_shorter() =>
        Assert.Contains(
            "Write a shorter answer",
            Assert.IsType<Verdict.Invalid>(Check("""{"parts":[""", Frames, truncated: true)).Problem,
            StringComparison.Ordinal);

    [Fact]
    public void The_ends_of_a_span_are_put_in_order_and_the_note_says_so()
    {
        var valid = Valid("""{"parts":[{"from":18.5,"to":12}],"moments":[],"pages":[],"said":[]}""", Frames);

        Assert.Equal("""[{"from":12,"to":18.5}]""", valid.Insight.GetProperty("parts").GetRawText());
        Assert.Equal(["The ends of '/parts/0' were put in order of time."], valid.Notes);
    }

    [Fact]
    public void The_transcript_is_what_was_heard_whatever_the_model_writes()
    {
        var evidence = Frames with { Transcript = new("en", [new(10, 12, "Hello."), new(12, 14, "How are you?"), new(14, 16, "Bye.")]) };

        var valid = Valid("""{"parts":[],"moments":[],"pages":[],"said":[{"start":1,"end":2,"text":"false"}]}""", evidence);

        Assert.Equal(
            """[{"start":10,"end":12,"text":"Hello."},{"start":12,"end":14,"text":"How a…"}]""",
            Unescaped(valid.Insight.GetProperty("said")));
        Assert.Equal(["Of the transcript's 3 spans, the first 2 are kept."], valid.Notes);
        Assert.Equal(
            [("/said/0", 10d, 12d), ("/said/1", 12d, 14d)],
            Citations(valid, evidence)
                .Where(citation => citation.Field.StartsWith("/said", StringComparison.Ordinal))
                .Select(citation => (citation.Field, citation.StartSeconds!.Value, citation.EndSeconds!.Value)));
        Assert.Equal(
            "[]",
            Valid("""{"parts":[],"moments":[],"pages":[],"said":[{"start":1,"end":2,"text":"false"}]}""", Frames).Insight
                .GetProperty("said")
                .GetRawText());
    }

    [Fact]
    public void A_clips_insight_cites_its_span_every_frame_and_for_each_field_the_nearest_frame_that_was_sent()
    {
        var valid = Valid("""{"parts":[{"from":12,"to":19.5}],"moments":[{"at":18}],"pages":[],"said":[]}""", Frames);

        var citations = Citations(valid, Frames);

        Assert.Equal(new() { Segment = 1, StartSeconds = 10, EndSeconds = 20 }, citations[0]);
        Assert.Equal(["aa", "bb", "cc"], citations.Skip(1).Take(3).Select(citation => citation.PictureSha256));
        Assert.Equal(
            new()
            {
                Field = "/parts/0",
                Segment = 1,
                StartSeconds = 12,
                EndSeconds = 19.5,
                FrameSeconds = 13,
                PictureSha256 = "bb",
                Method = CitationMethod.Frame,
            },
            citations[4]);
        Assert.Equal(
            new()
            {
                Field = "/moments/0",
                Segment = 1,
                StartSeconds = 18,
                EndSeconds = 18,
                FrameSeconds = 19.02,
                PictureSha256 = "cc",
                Method = CitationMethod.Frame,
            },
            citations[5]);
        Assert.Equal(6, citations.Count);
    }

    [Fact]
    public void A_single_picture_is_the_whole_citation()
    {
        var evidence = new Evidence { Segment = new() { Number = 2, Kind = SegmentKind.Page, Page = 3 }, Pictures = [new("dd", Page: 3)] };

        var citations = Citations(Valid("""{"parts":[],"moments":[],"pages":[{"page":3}],"said":[]}""", evidence), evidence);

        Assert.Equal(
            [
                new() { Segment = 2, Page = 3, PictureSha256 = "dd" },
                new() { Field = "/pages/0", Segment = 2, Page = 3, PictureSha256 = "dd" }
            ],
            citations);
    }

    [Fact]
    public void A_synthesis_cites_the_clips_whose_time_a_field_is_about()
    {
        var evidence = new Evidence
        {
            Segment = Synthesis,
            Span = new(0, 20),
            Tolerance = 0.5,
            Insights = [Insight(0, 0, 10, "aa", 4), Insight(1, 10, 20, "bb", 15)]
        };

        var citations = Citations(
            Valid("""{"parts":[{"from":5,"to":12}],"moments":[{"at":16}],"pages":[],"said":[]}""", evidence), evidence);

        Assert.Equal(
            [
                new() { Segment = 0, StartSeconds = 0, EndSeconds = 10, FrameSeconds = 4, PictureSha256 = "aa" },
                new() { Segment = 1, StartSeconds = 10, EndSeconds = 20, FrameSeconds = 15, PictureSha256 = "bb" },
                new()
                {
                    Field = "/parts/0",
                    Segment = 0,
                    StartSeconds = 5,
                    EndSeconds = 10,
                    FrameSeconds = 4,
                    PictureSha256 = "aa",
                    Method = CitationMethod.Frame,
                },
                new()
                {
                    Field = "/parts/0",
                    Segment = 1,
                    StartSeconds = 10,
                    EndSeconds = 12,
                    FrameSeconds = 15,
                    PictureSha256 = "bb",
                    Method = CitationMethod.Frame,
                },
                new()
                {
                    Field = "/moments/0",
                    Segment = 1,
                    StartSeconds = 16,
                    EndSeconds = 16,
                    FrameSeconds = 15,
                    PictureSha256 = "bb",
                    Method = CitationMethod.Frame,
                },
            ],
            citations);
    }

    [Fact]
    public void A_synthesis_may_name_only_pages_that_were_sent()
    {
        var evidence = new Evidence { Segment = Synthesis, Insights = [Page(0), Page(2)] };

        var citations = Citations(Valid("""{"parts":[],"moments":[],"pages":[{"page":3},{"page":null}],"said":[]}""", evidence), evidence);

        Assert.Equal(new() { Field = "/pages/0", Segment = 2, Page = 3 }, Assert.Single(citations, citation => citation.Field.Length > 0));
        Assert.Equal(
            "At '/pages/0/page', page 2 was not sent; sent were pages 1, 3.",
            Assert.IsType<Verdict.Invalid>(Check("""{"parts":[],"moments":[],"pages":[{"page":2}],"said":[]}""", evidence)).Problem);
    }

    private static SegmentInsight Insight(int number, double start, double end, string sha, double frame) => new(
        new() { Number = number, Kind = SegmentKind.Clip, StartSeconds = start, EndSeconds = end },
        JsonSerializer.SerializeToElement("x"),
        [
            new() { Segment = number, StartSeconds = start, EndSeconds = end },
            new() { Segment = number, FrameSeconds = frame, PictureSha256 = sha }
        ]);

    private static SegmentInsight Page(int number) => new(
        new() { Number = number, Kind = SegmentKind.Page, Page = number + 1 },
        JsonSerializer.SerializeToElement("x"),
        [new() { Segment = number, Page = number + 1 }]);

    private static IReadOnlyList<Citation> Citations(Verdict.Valid valid, Evidence evidence) =>
        CitationBuilder.Build(valid.Insight, Question, evidence);

    private static Verdict.Valid Valid(string answer, Evidence evidence) => Assert.IsType<Verdict.Valid>(Check(answer, evidence));

    private static Verdict Check(string answer, Evidence evidence, bool truncated = false) => AnswerValidator.Check(
        new() { Question = Question, Messages = [], Options = new ChatOptions(), Evidence = evidence },
        new ModelAnswer(answer, truncated, "m", new()));

    private static string Unescaped(JsonElement value) => JsonSerializer.Serialize(value, Prompts.Json);
}
