using Qwen35Batch.Worker.Corpora;

namespace Qwen35Batch.Worker.Tests.Corpora;

public sealed class CorpusQuestionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("questions-").FullName;
    private readonly List<string> _leftOut = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_text_has_a_question_a_line()
    {
        var questions = Read("a.txt", "\uFEFFWhat is new?\n\n# not this one\n  専門家混合モデルとは？ \n");

        Assert.Equal([new CorpusQuestion("What is new?", null), new("専門家混合モデルとは？", null)], questions);
        Assert.Empty(_leftOut);
    }

    [Fact]
    public void JSON_lines_may_say_the_language_and_what_is_no_question_is_told_by_its_line()
    {
        var questions = Read("a.jsonl", """
            {"question":"What is new?","language":"ja"}
            {"frage":"Was?"}
            not JSON
            {"question":7}
            {"question":"And then?"}
            """);

        Assert.Equal([new CorpusQuestion("What is new?", "ja"), new("And then?", null)], questions);
        Assert.Equal(["line 2", "line 3", "line 4"], _leftOut.Select(problem => problem[..6]));
    }

    [Theory]
    [InlineData("a.txt", true)]
    [InlineData("A.JSONL", true)]
    [InlineData("a.pdf", false)]
    public void Files_of_questions_are_known_by_their_ending(string name, bool are) => Assert.Equal(are, CorpusQuestion.AreIn(name));

    private List<CorpusQuestion> Read(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return [.. CorpusQuestion.Read(path, _leftOut.Add)];
    }
}
