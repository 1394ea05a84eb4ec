using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Grounding;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tests.Acquire;
using static Qwen35Batch.Pipeline.Tests.Extract.Documents.OfficeXml;

namespace Qwen35Batch.Pipeline.Tests.Grounding;

/// <summary>From a file to the address of a value in it.</summary>
public sealed class AddressTests : IDisposable
{
    private static readonly JsonElement Schema = JsonDocument.Parse(
        """{"type":"object","properties":{"value":{"type":["string","number"]}}}""").RootElement;

    private readonly MediaRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_cell_has_its_sheets_name_column_and_row()
    {
        var rows = $"<row r=\"3\">{Cell("B3", "17", 1)}</row><row r=\"7\">{Cell("A7", "5", 1)}{Cell("AB7", "1234.5", 1)}</row>";
        var path = Workbook(_rig.Folder["a.xlsx"], $"<sheetData>{rows}</sheetData>", ["#,##0.00"]);

        var citation = Place(Assert.Single(await _rig.ExtractAsync(path)), "1234.5")!;

        Assert.Equal((CitationMethod.Cell, "'Data'!AB7", "1,234.50"), (citation.Method!.Value, citation.Address, citation.Matched));
        Assert.Null(citation.Lines);
    }

    [Fact]
    public async Task A_slides_text_has_its_number()
    {
        const string shape = "<p:sp><p:txBody><a:p><a:r><a:t>Anna Adler</a:t></a:r></a:p></p:txBody></p:sp>";

        var citation = Place(Assert.Single(await _rig.ExtractAsync(Slide(_rig.Folder["a.pptx"], shape, ""))), "\"Anna Adler\"")!;

        Assert.Equal((CitationMethod.Line, "slide 1"), (citation.Method!.Value, citation.Address));
    }

    [Theory]
    [InlineData("\uFEFF\r\n\r\n   Anna\r\nAdler\r\n", 3, 3)]
    [InlineData("x\nAnna\nAdler", 2, 0)]
    public async Task A_texts_line_is_that_of_the_file(string text, int line, int column)
    {
        var path = _rig.Folder.Write("a.txt", System.Text.Encoding.UTF8.GetBytes(text));

        var citation = Place(Assert.Single(await _rig.ExtractAsync(path)), "\"Anna Adler\"")!;

        Assert.Equal([new(line, column, column + 4), new TextRange(line + 1, 0, 5)], citation.Lines!);
    }

    [Fact]
    public async Task A_later_part_of_a_text_counts_lines_from_the_files_start()
    {
        var text = string.Concat(Enumerable.Range(1, 200).Select(line => $"line number N{line}N.\n"));
        var path = _rig.Folder.Write("a.txt", System.Text.Encoding.UTF8.GetBytes(text));
        var parts = await _rig.ExtractAsync(path, new() { TextPartCharacters = 500 });

        var last = Place(parts[^1], "\"N199N\"")!;

        Assert.True(parts.Count > 5);
        Assert.Equal([new TextRange(199, 12, 17)], last.Lines!);
    }

    private static Citation? Place(ExtractedSegment content, string value)
    {
        var evidence = new Evidence
        {
            Segment = new() { Number = 0, Kind = SegmentKind.TextPart },
            Text = content.Text,
            Origin = content.Origin,
        };
        var insight = JsonDocument.Parse($$"""{"value":{{value}}}""").RootElement;
        var grounded = FieldGrounding.Of(insight, new TaskQuestion("", Schema, []), evidence, []);
        return grounded.Fields[0].Citations is [var index, ..] ? grounded.Citations[index] : null;
    }
}
