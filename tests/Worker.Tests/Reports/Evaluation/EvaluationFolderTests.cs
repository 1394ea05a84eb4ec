using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Reports.Evaluation;

namespace Qwen35Batch.Worker.Tests.Reports.Evaluation;

public sealed class EvaluationFolderTests : IDisposable
{
    private const string Good = """{"id":"a-1","kind":"a","media":"a.png","task":"describe","expected":{"x":1},"fields":{"one":["/x"]}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-eval-").FullName;

    public EvaluationFolderTests() => File.WriteAllText(Path.Combine(_folder, "a.png"), "");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Items_are_read_with_pointers_of_every_notation_and_empty_lines_are_passed_over()
    {
        Write(
            Good,
            "",
            """{"id":"b","kind":"b","media":"a.png","task":"video","expected":{},"fields":{"two":"/y","three":{"pointers":"""
                + """["/z","/w/*"],"tolerance":0.5},"four":{"pointer":"/v"}}}""");

        var items = EvaluationFolder.Read(_folder);

        Assert.Equal(["a-1", "b"], items.Select(item => item.Id));
        Assert.Equal(Path.Combine(_folder, "a.png"), items[0].Media);
        Assert.Equal(
            [("two", "/y", 0.0), ("three", "/z /w/*", 0.5), ("four", "/v", 0.0)],
            items[1].Fields.Select(field => (field.Name, string.Join(' ', field.Pointers), field.Tolerance)));
    }

    [Theory]
    [InlineData("{", "line 2: ")]
    [InlineData("[]", "line 2: an item is a JSON object.")]
    [InlineData("""{"id":1}""", "line 2: 'media' is missing")]
    [InlineData("""{"media":"b.png"}""", "line 2: the media 'b.png' is not in the folder.")]
    [InlineData("""{"media":"../b.png"}""", "line 2: the media '../b.png' lies outside of the folder.")]
    [InlineData("""{"media":"a.png","expected":1}""", "line 2: 'expected' is missing")]
    [InlineData("""{"media":"a.png","expected":{},"fields":{}}""", "line 2: 'fields' names nothing")]
    [InlineData("""{"media":"a.png","expected":{},"fields":{"f":["x"]}}""", "line 2: the field 'f' needs JSON pointers")]
    [InlineData("""{"media":"a.png","expected":{},"fields":{"f":{"tolerance":1}}}""", "line 2: the field 'f' needs JSON pointers")]
    [InlineData(
        """{"media":"a.png","expected":{},"fields":{"f":{"pointers":["/x"],"tolerance":"1"}}}""", "line 2: the tolerance of the field 'f'")]
    [InlineData("""{"media":"a.png","expected":{},"fields":{"f":"/x"},"id":"b","kind":"k"}""", "line 2: 'task' is missing")]
    [InlineData(Good, "line 2: the id 'a-1' is given twice.")]
    public void A_malformed_line_is_named_with_its_file(string line, string problem)
    {
        Write(Good, line);

        var error = Assert.Throws<CommandException>(() => EvaluationFolder.Read(_folder));

        Assert.StartsWith(Path.Combine(_folder, "items.jsonl") + ", " + problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_items_is_refused()
    {
        Assert.Contains(
            "does not exist", Assert.Throws<CommandException>(() => EvaluationFolder.Read(_folder)).Message, StringComparison.Ordinal);
        Write("");
        Assert.Contains(
            "has no items", Assert.Throws<CommandException>(() => EvaluationFolder.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_takes_as_many_of_each_kind()
    {
        Write(
            [
                .. "aaaabbc"
                    .Select(
                        (kind, i) =>
                            Good.Replace("a-1", $"{kind}{i}", StringComparison.Ordinal)
                                .Replace("\"kind\":\"a\"", $"\"kind\":\"{kind}\"", StringComparison.Ordinal))
            ]);
        var items = EvaluationFolder.Read(_folder);

        Assert.Equal(["a0", "a1", "b4", "b5", "c6"], EvaluationFolder.Select(items, null, 5).Select(item => item.Id));
        Assert.Equal(["a0", "a1"], EvaluationFolder.Select(items, "a", 2).Select(item => item.Id));
        Assert.Equal(7, EvaluationFolder.Select(items, null, 100).Count);
        Assert.Contains(
            "there are a, b, c",
            Assert.Throws<CommandException>(() => EvaluationFolder.Select(items, "d", null)).Message,
            StringComparison.Ordinal);
    }

    private void Write(params string[] lines) => File.WriteAllLines(Path.Combine(_folder, "items.jsonl"), lines);
}
