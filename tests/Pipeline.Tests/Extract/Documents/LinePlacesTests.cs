using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Extract.Documents.Content;
using Qwen35Batch.Pipeline.Extract.Documents.Reading;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>Where a part of a text stands is found without reading all that is before it.</summary>
public sealed class LinePlacesTests
{
    private static readonly string Text = string.Join('\n', Enumerable.Range(0, 20_000).Select(line => new string('x', line % 13)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(LinePlaces.Step - 1)]
    [InlineData(LinePlaces.Step)]
    [InlineData(LinePlaces.Step + 1)]
    [InlineData(100_000)]
    public void A_place_is_the_line_and_the_column_of_the_file(int at)
    {
        var before = Text[..at];

        var place = LinePlaces.At(LinePlaces.Of(Text, new(3, 0)), at, Text.Substring);

        Assert.Equal(new TextStart(3 + before.Count(character => character == '\n'), at - 1 - before.LastIndexOf('\n')), place);
    }

    [Fact]
    public void A_text_without_lines_counts_columns_from_where_it_begins() =>
        Assert.Equal(new(2, 100_005), LinePlaces.At(LinePlaces.Of(new('x', 200_000), new(2, 5)), 100_000, (_, count) => new('x', count)));

    [Fact]
    public void However_many_parts_there_are_little_more_than_the_text_is_read()
    {
        var read = 0L;
        var content = new ReadResult
        {
            Places = LinePlaces.Of(Text, new(1, 0)),
            Addresses = [.. Enumerable.Range(0, 1_000).Select(number => new TextAddress(number * 100, $"paragraph {number}"))],
        };

        for (var part = 0; part < 1_000; part++)
        {
            var origin = PartOrigin.At(content, part * 100, 100, (at, count) =>
            {
                read += count;
                return Text.Substring(at, count);
            });
            Assert.Equal($"paragraph {part}", Assert.Single(origin.Addresses).Name);
        }

        Assert.InRange(read, 1, 1_000L * LinePlaces.Step);
    }
}
