using System.Text;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Pipeline.Validate;

namespace Qwen35Batch.Pipeline.Tests.Validate;

public sealed class FieldEvidenceTests
{
    [Fact]
    public void Each_scalar_has_the_choices_that_wrote_it()
    {
        var fields = Read(
            """{"a":"|x|y|","n":|1|2.5|,"e":"","t":|true|,"z":|null|,"list":[|"|p|","|q|"],"o":{"ä/~":"|日本|語|"}}""",
            ["/a", "/n", "/e", "/t", "/z", "/list/0", "/list/1", "/o/ä~1~0"],
            (1, 0.9, 3), (2, 0.5, 0.1), (3, 0.01, 9), (4, 0.8, 2), (7, 0.25, 1), (9, 0.99, 5), (11, 0.01, 9), (14, 0.4, -0.5),
            (16, 0.6, 0.7));

        Assert.Equal(
            new FieldSignals
            {
                LeastProbability = 0.5,
                FirstProbability = 0.9,
                MeanProbability = 0.67082,
                SmallestMargin = 0.1,
                Choices = 2,
            },
            Rounded(fields["/a"]));
        Assert.Equal((0.8, 1), (fields["/n"]!.LeastProbability, fields["/n"]!.Choices));
        Assert.Equal(new FieldSignals(), fields["/e"]);
        Assert.Equal((0.25, 1.0), (fields["/t"]!.LeastProbability, fields["/t"]!.SmallestMargin));
        Assert.Equal(0.99, fields["/z"]!.LeastProbability);
        Assert.Equal(0, fields["/list/0"]!.Choices);
        Assert.Equal((0.4, -0.5), (fields["/list/1"]!.LeastProbability, fields["/list/1"]!.SmallestMargin));
        Assert.Equal((0.6, 1), (fields["/o/ä~1~0"]!.FirstProbability, fields["/o/ä~1~0"]!.Choices));
    }

    [Fact]
    public void A_token_across_two_fields_is_evidence_for_both_and_one_of_structure_for_none()
    {
        var fields = Read("""{"a":|1,"b":2|}""", ["/a", "/b"], (1, 0.3, 1), (2, 0.1, 1));

        Assert.Equal(0.3, fields["/a"]!.LeastProbability);
        Assert.Equal(0.3, fields["/b"]!.LeastProbability);
        Assert.All(fields.Values, signals => Assert.Equal(1, signals!.Choices));
    }

    [Fact]
    public void The_end_of_an_empty_text_is_its_value()
    {
        var fields = Read("""{"a":"|"}""", ["/a"], (1, 0.3, 1));

        Assert.Equal(0.3, fields["/a"]!.LeastProbability);
    }

    [Fact]
    public void A_value_that_is_not_the_models_has_no_signals_and_neither_has_any_without_choices()
    {
        const string Answer = """{"from":9.6,"to":12,"said":[]}""";
        var insight = JsonDocument.Parse("""{"from":10,"to":12.0,"said":[{"text":"x"}]}""").RootElement;
        InsightField[] fields = [new() { Pointer = "/from" }, new() { Pointer = "/to" }, new() { Pointer = "/said/0/text" }];

        var added = FieldEvidence.Add(fields, Say(Answer, [new(8, 3, 0.5, 1)]), insight);

        Assert.Equal(["/from", "/to", "/said/0/text"], added.Select(field => field.Pointer));
        Assert.Equal([true, false, true], added.Select(field => field.Signals is null));
        Assert.All(FieldEvidence.Add(fields, Say(Answer, null), insight), field => Assert.Null(field.Signals));
    }

    [Fact]
    public void A_list_is_as_sure_as_its_separators_its_first_element_and_its_end()
    {
        var fields = Read(
            """{"a":[|{"b":|1|}|,|{"b":|2|,"c":[|]|}|]|,"d":[|]|,"e":[3]}""",
            ["/a/0/b", "/a/1/b"],
            (1, 0.9, 3), (2, 0.01, 9), (4, 0.8, 2), (5, 0.02, 1), (6, 0.03, 1), (8, 0.7, 1), (10, 0.6, 0.5), (12, 0.5, 0.1));

        Assert.Equal(["/a/0/b", "/a/1/b", "/a/1/c", "/a", "/d"], fields.Keys);
        Assert.Equal((0.6, 0.5, 3), (fields["/a"]!.LeastProbability!.Value, fields["/a"]!.SmallestMargin!.Value, fields["/a"]!.Choices));
        Assert.Equal((0.7, 1), (fields["/a/1/c"]!.LeastProbability, fields["/a/1/c"]!.Choices));
        Assert.Equal(0.5, fields["/d"]!.LeastProbability);
    }

    [Fact]
    public void A_list_that_has_another_length_in_the_insight_is_not_the_models()
    {
        var insight = JsonDocument.Parse("""{"a":[1],"b":[1]}""").RootElement;

        var added = FieldEvidence.Add([], Say("""{"a":[1,2],"b":[1]}""", [new(6, 4, 0.5, 1), new(16, 3, 0.5, 1)]), insight);

        Assert.Equal(["/b"], added.Select(field => field.Pointer));
    }

    [Fact]
    public void A_single_value_is_a_field_of_its_own()
    {
        var fields = Read("|\"yes|\"", [""], (1, 0.3, 1));

        Assert.Equal([("", 1)], fields.Select(field => (field.Key, field.Value!.Choices)));
    }

    /// <param name="marked">The answer with a bar wherever one token ends and the next begins.</param>
    /// <param name="pointers">The fields of the insight.</param>
    /// <param name="choices">By the token's number in the answer.</param>
    private static Dictionary<string, FieldSignals?> Read(
        string marked, IReadOnlyList<string> pointers, params (int Token, double Probability, double Margin)[] choices)
    {
        var tokens = marked.Split('|').Select(Encoding.UTF8.GetByteCount).ToList();
        var said = choices.Select(choice => new TokenChoice(
            tokens.Take(choice.Token).Sum(), tokens[choice.Token], choice.Probability, choice.Margin));
        var text = marked.Replace("|", "", StringComparison.Ordinal);
        var insight = JsonDocument.Parse(text).RootElement;
        return FieldEvidence.Add([.. pointers.Select(pointer => new InsightField { Pointer = pointer })], Say(text, [.. said]), insight)
            .ToDictionary(field => field.Pointer, field => field.Signals);
    }

    private static ModelAnswer Say(string text, IReadOnlyList<TokenChoice>? choices) =>
        new(text, Truncated: false, "m", new()) { Choices = choices };

    private static FieldSignals Rounded(FieldSignals? signals) =>
        signals! with { MeanProbability = Math.Round(signals!.MeanProbability!.Value, 5) };
}
