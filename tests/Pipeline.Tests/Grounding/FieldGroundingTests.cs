using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Grounding;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Grounding;

public sealed class FieldGroundingTests
{
    private const string Schema = """
        {"type":"object","properties":{"kind":{"enum":["invoice","letter"]},"paid":{"type":"boolean"},"summary":{"type":"string"},
        "name":{"type":["string","null"]},"amount":{"type":"number"},"page":{"type":["integer","null"]},
        "items":{"type":"array","items":{"type":"object","properties":{"label":{"type":"string"},"amount":{"type":"number"}}}}}}
        """;

    private static readonly SegmentReference Part = new() { Number = 2, Kind = SegmentKind.TextPart };

    [Fact]
    public void A_value_of_a_text_has_its_line_and_characters()
    {
        var grounded = Ground("""{"name":"Anna Adler","amount":1234.5}""", new()
        {
            Segment = Part,
            Text = "Dear Sirs,\nwe thank Anna\nAdler for 1,234.50 EUR.",
            Origin = new(10, 4, []),
        });

        var (name, amount) = (Place(grounded, "/name")!, Place(grounded, "/amount")!);
        Assert.Equal((CitationMethod.Line, "Anna Adler", 1.0, 2), (name.Method!.Value, name.Matched, name.Score, name.Segment));
        Assert.Equal([new TextRange(11, 9, 13), new TextRange(12, 0, 5)], name.Lines!);
        Assert.Equal([new TextRange(12, 10, 22)], amount.Lines!);
    }

    [Fact]
    public void What_is_nowhere_has_no_place_and_is_marked()
    {
        var grounded = Ground("""{"name":"Bruno Brandt","amount":7}""", new() { Segment = Part, Text = "Anna Adler paid 8." });

        Assert.Equal([false, false], grounded.Fields.Select(field => field.Grounded));
        Assert.All(grounded.Fields, field => Assert.Empty(field.Citations));
    }

    [Fact]
    public void What_a_model_chooses_words_or_cannot_know_is_not_looked_for()
    {
        var grounded = Ground(
            """{"kind":"invoice","paid":true,"summary":"A short note.","name":null}""",
            new() { Segment = Part, Text = "Some words." },
            question: Question() with { Inferred = ["/summary"] });

        Assert.Equal(["/kind", "/paid", "/summary", "/name"], grounded.Fields.Select(field => field.Pointer));
        Assert.All(grounded.Fields, field => Assert.Null(field.Grounded));
    }

    [Fact]
    public void Without_any_text_nothing_is_said()
    {
        var grounded = Ground("""{"name":"Anna"}""", new() { Segment = new() { Number = 0, Kind = SegmentKind.Image } });

        Assert.Null(Assert.Single(grounded.Fields).Grounded);
    }

    [Fact]
    public void Of_a_text_that_is_not_known_to_its_end_nothing_is_missed()
    {
        var words = new PageWords([new("Anna", new(0.1, 0.1, 0.1, 0.1), 0)], CitationMethod.TextLayer, IsWhole: false);

        var grounded = Ground("""{"name":"Bruno","amount":3}""", new() { Segment = Page(1), Words = words });

        Assert.All(grounded.Fields, field => Assert.Null(field.Grounded));
    }

    [Fact]
    public void The_stamp_of_a_scan_is_its_text_layer_and_the_rest_is_recognised()
    {
        var own = new PageWords([new("Scan", new(0.1, 0.01, 0.1, 0.02), 0), new("7", new(0.22, 0.01, 0.02, 0.02), 0)],
            CitationMethod.TextLayer, IsWhole: true);
        var recognised = new PageWords(
            [
                new("5can", new(0.11, 0.012, 0.09, 0.02), 0), new("Anna", new(0.1, 0.5, 0.1, 0.02), 1),
                new("Adler", new(0.22, 0.5, 0.1, 0.02), 1),
            ],
            CitationMethod.Ocr, IsWhole: true);

        var words = own.With(recognised);
        var grounded = Ground("""{"name":"Anna Adler","amount":7}""", new() { Segment = Page(1), Words = words });

        Assert.Equal(["Scan", "7", "Anna", "Adler"], words.Words.Select(word => word.Text));
        Assert.Equal(CitationMethod.Ocr, Place(grounded, "/name")!.Method);
        Assert.Null(Place(grounded, "/name")!.Boxes);
        Assert.Equal(CitationMethod.TextLayer, Place(grounded, "/amount")!.Method);
        Assert.False((own with { IsWhole = true }).With(recognised with { IsWhole = false }).IsWhole);
    }

    [Fact]
    public void Equal_values_are_told_apart_by_their_labels()
    {
        var grounded = Ground(
            """{"items":[{"label":"Tax","amount":20},{"label":"Net","amount":20}]}""",
            new() { Segment = Part, Text = "Net 20\nTax 20", Origin = new(1, 0, []) });

        Assert.Equal([new TextRange(2, 4, 6)], Place(grounded, "/items/0/amount")!.Lines!);
        Assert.Equal([new TextRange(1, 4, 6)], Place(grounded, "/items/1/amount")!.Lines!);
    }

    [Fact]
    public void Another_digit_is_another_value_and_a_letter_may_differ()
    {
        var grounded = Ground(
            """{"items":[{"label":"INV-2024-00013","amount":1},{"label":"Internationale Spedition","amount":1}]}""",
            new()
            {
                Segment = Part,
                Text = "INV-2024-00012 1\nInternationa1e Spediti0n 1\nInternatlonale Spedition 1",
                Origin = new(1, 0, []),
            });

        Assert.Equal([false, true], grounded.Fields.Where(field => field.Pointer.EndsWith("label", StringComparison.Ordinal))
            .Select(field => field.Grounded));
        var near = Place(grounded, "/items/1/label")!;
        Assert.Equal((3, "Internatlonale Spedition"), (near.Lines![0].Line, near.Matched));
        Assert.InRange(near.Score!.Value, 0.9, 0.949);
    }

    [Fact]
    public void An_office_documents_place_is_its_address()
    {
        const string text = "# Report\n\nAnna\n\n| Item | Sum |\n| --- | --- |\n| a \\| b | 12 |\n\nHugo";
        var addresses = new TextAddress[]
        {
            new(0, "paragraph 1"), new(10, "paragraph 2"), new(16, "'Sales'!", 6), new(45, "'Sales'!", 7), new(62, "slide 3"),
        };

        var grounded = Ground(
            """{"name":"Anna","amount":12,"items":[{"label":"Hugo","amount":12}]}""",
            new() { Segment = Part, Text = text, Origin = new(null, 0, addresses) });

        Assert.Equal((CitationMethod.Line, "paragraph 2"), Named("/name"));
        Assert.Equal((CitationMethod.Cell, "'Sales'!B7"), Named("/amount"));
        Assert.Equal((CitationMethod.Line, "slide 3"), Named("/items/0/label"));
        Assert.Null(Place(grounded, "/name")!.Lines);

        (CitationMethod?, string?) Named(string pointer) => (Place(grounded, pointer)!.Method, Place(grounded, pointer)!.Address);
    }

    [Fact]
    public void What_was_said_has_the_time_at_which_it_was_said()
    {
        var grounded = Ground("""{"name":"Anna Adler"}""", new()
        {
            Segment = new() { Number = 1, Kind = SegmentKind.AudioSpan },
            Transcript = new("en", [new(0, 4, "Good morning, I am Anna"), new(4, 6.5, "Adler."), new(7, 8, "Hello.")], IsOfSubtitles: true),
        });

        var place = Place(grounded, "/name")!;
        Assert.Equal((CitationMethod.Subtitle, 0.0, 6.5), (place.Method!.Value, place.StartSeconds!.Value, place.EndSeconds!.Value));
    }

    [Fact]
    public void A_synthesis_cites_the_places_of_the_page_that_it_names()
    {
        var insights = new[] { 1, 2 }.Select(page => new SegmentInsight(Page(page), default, [
            new() { Segment = page - 1, Page = page },
            new() { Field = "/amount", Segment = page - 1, Page = page, Matched = "¥12,980", Score = 1, Method = CitationMethod.TextLayer },
        ])).ToList();
        var question = Question() with { Citations = [new("", Page: "page")] };

        var grounded = Ground(
            """{"amount":12980,"page":2,"name":"nobody"}""",
            new() { Segment = new() { Number = 2, Kind = SegmentKind.Synthesis }, Insights = insights },
            question);

        var place = Place(grounded, "/amount")!;
        Assert.Equal((2, 1, "/amount"), (place.Page!.Value, place.Segment, place.Field));
        Assert.Equal([true, null, false], grounded.Fields.Select(field => field.Grounded));
    }

    [Fact]
    public void A_value_that_goes_on_at_the_top_of_the_next_page_cites_both_pages()
    {
        static Citation At(string field, int page, double top, string words) => new()
        {
            Field = field,
            Segment = page - 1,
            Page = page,
            Box = new(0.1, top, 0.5, 0.02),
            Matched = words,
            Score = 1,
            Method = CitationMethod.TextLayer,
        };
        var insights = new List<SegmentInsight>
        {
            new(Page(1), default, [At("/a", 1, 0.95, "delivered to the warehouse"), At("/b", 1, 0.1, "Order 12")]),
            new(Page(2), default, [At("/a", 2, 0.5, "Total 99"), At("/b", 2, 0.04, "in Bremen, gate four")]),
        };

        var grounded = Ground(
            """{"name":"delivered to the warehouse in Bremen, gate four","amount":99}""",
            new() { Segment = new() { Number = 2, Kind = SegmentKind.Synthesis }, Insights = insights });

        var name = grounded.Fields[0].Citations.Select(index => grounded.Citations[index]).ToList();
        Assert.Equal(
            [(1, "delivered to the warehouse"), (2, "in Bremen, gate four")], name.Select(part => (part.Page!.Value, part.Matched!)));
        Assert.Equal([0.95, 0.04], name.Select(part => part.Box!.Top));
        Assert.All(name, part => Assert.Equal(("/name", 1.0), (part.Field, part.Score!.Value)));
        Assert.Equal(2, Place(grounded, "/amount")!.Page);
    }

    private static SegmentReference Page(int page) => new() { Number = page - 1, Kind = SegmentKind.Page, Page = page };

    private static TaskQuestion Question() => new("", JsonDocument.Parse(Schema).RootElement, []);

    private static GroundedInsight Ground(string insight, Evidence evidence, TaskQuestion? question = null) =>
        FieldGrounding.Of(JsonDocument.Parse(insight).RootElement, question ?? Question(), evidence, []);

    private static Citation? Place(GroundedInsight grounded, string pointer) =>
        grounded.Fields.Single(field => field.Pointer == pointer).Citations is [var index, ..] ? grounded.Citations[index] : null;
}
