using System.Text.Json;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Schemas.Tests.Vocabularies;

public sealed class VocabularyTests
{
    private static readonly string[] Names =
        [
            "Apple", "Apple Inc", "Apple Inc.", "App", "株式会社山田", "株式会社山田商店", "山田", "カ\u3099", "ガ", "say \"hi\"", "back\\slash",
            "e\u0301", "🎈",
        ];

    [Fact]
    public void Every_name_is_found_with_its_key_and_nothing_else_is()
    {
        var list = Vocabulary.Create("names", [.. Names.Select((name, i) => new VocabularyEntry($"K{i}", name, [], $"line {i + 2}"))]);

        Assert.Equal(Names.Length, list.Count);
        foreach (var (i, name) in Names.Index())
            Assert.Equal($"K{i}", list.Find(name)!.Key);
        foreach (var other in (string[])["", "Ap", "Apple ", "apple", "Apple Inc.x", "株式会社", "カ", "\u00e9", "say", "\""])
            Assert.Null(list.Find(other));
    }

    [Fact]
    public void Names_are_numbered_in_the_order_of_their_bytes()
    {
        var automaton = NameAutomaton.Create(Names.Concat(Names));

        Assert.Equal(Names.Length, automaton.Count);
        Assert.Equal(
            Names.OrderBy(name => Convert.ToHexString(NameAutomaton.Written(name)), StringComparer.Ordinal),
            Enumerable.Range(0, automaton.Count).Select(automaton.NameAt));
        Assert.All(Names, name => Assert.Equal(name, automaton.NameAt(automaton.IndexOf(name))));
    }

    [Fact]
    public void Endings_that_are_alike_are_kept_once()
    {
        // 26 · 26 beginnings before one ending: a tree of them had over 10,000 states.
        var letters = Enumerable.Range('a', 26).Select(letter => (char)letter).ToArray();
        var names = letters.SelectMany(first => letters.Select(second => $"{first}{second} GmbH & Co."));

        Assert.Equal(1 + 12 + 2, NameAutomaton.Create(names).StateCount);
    }

    [Theory]
    [InlineData("a;a", "line 3: 'a' is there twice, the first time in line 2")]
    [InlineData("a|b;b", "line 3: 'b' is there twice, the first time in line 2")]
    [InlineData("a| ", "line 2: a label or an alias is empty.")]
    [InlineData("", "It has no names")]
    public void What_cannot_be_used_is_said_with_its_place(string list, string problem)
    {
        VocabularyEntry[] entries =
        [
            .. list.Split(';', StringSplitOptions.RemoveEmptyEntries)
                .Select(names => names.Split('|'))
                .Select((names, i) => new VocabularyEntry($"{i}", names[0], names[1..], $"line {i + 2}")),
        ];

        Assert.StartsWith(
            problem, Assert.Throws<VocabularyException>(() => Vocabulary.Create("names", entries)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_written_a_little_otherwise_is_found_unless_it_may_be_several()
    {
        var list = Vocabulary.Create(
            "names",
            [
                new("1", "Müller & Söhne GmbH", ["Mueller"], "line 2"),
                new("2", "株式会社ヤマダ", [], "line 3"),
                new("3", "A-B", [], "line 4"),
                new("4", "AB", [], "line 5"),
            ]);

        Assert.Equal("1", list.FindAlike("MÜLLER & SÖHNE GMBH")!.Key);
        Assert.Equal("1", list.FindAlike("mueller")!.Key);
        Assert.Equal("2", list.FindAlike("株式会社 ﾔﾏﾀﾞ")!.Key);
        Assert.Equal("4", list.FindAlike("AB")!.Key);
        Assert.Null(list.FindAlike("a b"));
        Assert.Null(list.FindAlike("Müller"));
    }

    [Fact]
    public void The_validator_holds_texts_to_the_list_as_it_is_now()
    {
        var lists = new Lists { Current = Vocabulary.Create("names", [new("1", "a", ["b"], "")]) };
        var schema = JsonSchema.Read(Json("""{"properties":{"n":{"type":["string","null"],"x-vocabulary":"names"}}}"""), lists).Checked();

        Assert.Empty(schema.Validate(Json("""{"n":"a"}""")));
        Assert.Empty(schema.Validate(Json("""{"n":"b"}""")));
        Assert.Empty(schema.Validate(Json("""{"n":null}""")));
        Assert.Equal(
            "at '/n', a name of the list 'names' is needed, which has no \"c\".",
            Assert.Single(schema.Validate(Json("""{"n":"c"}"""))).ToString());

        lists.Current = Vocabulary.Create("names", [new("1", "c", [], "")], isOpen: false);
        Assert.Empty(schema.Validate(Json("""{"n":"c"}""")));
        Assert.NotEmpty(schema.Validate(Json("""{"n":"a"}""")));
    }

    [Fact]
    public void A_list_that_is_not_there_is_refused_by_its_pointer()
    {
        var lists = new Lists { Current = Vocabulary.Create("names", [new("1", "a", [], "")]) };
        var fault = Assert.Single(JsonSchema.Read(Json("""{"items":{"x-vocabulary":"suppliers"}}"""), lists).Faults);

        Assert.Equal("#/items/x-vocabulary", fault.JsonPointer);
        Assert.Equal("there is no list of names 'suppliers'; there are 'names'.", fault.Reason);
        Assert.Contains(
            "Tasks:Vocabularies:suppliers:File", Assert.Single(JsonSchema.Read(Json("""{"x-vocabulary":"suppliers"}""")).Faults).Reason,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Aple Inc", "Apple Inc")]
    [InlineData("apple inc", "Apple Inc")]
    [InlineData("Apple Inccc", "Apple Inc")]
    [InlineData("山口商店", "山田商店")]
    [InlineData("山田商", "山田商店")]
    [InlineData("say hi\"", "say \"hi\"")]
    [InlineData("Ap", null)]
    [InlineData("Banana GmbH", null)]
    [InlineData("", null)]
    public void A_near_name_is_found(string text, string? name)
    {
        string[] names = ["Apple", "Apple Inc", "山田商店", "say \"hi\"", "Microsoft"];
        var list = Vocabulary.Create("names", [.. names.Select((one, i) => new VocabularyEntry($"{i}", one, [], ""))]);

        Assert.Equal(name, list.FindNearest(text));
        var schema = JsonSchema.Read(Json("""{"x-vocabulary":"names"}"""), new Lists { Current = list });
        var problem = Assert.Single(schema.Validate(JsonSerializer.SerializeToElement(text)));
        Assert.Equal(name is not null, problem.Problem.Contains("is meant", StringComparison.Ordinal));
    }

    [Fact]
    public void The_nearest_of_many_names_is_that_of_comparing_all()
    {
        var random = new Random(3);
        string[] names = [.. Enumerable.Range(0, 2_000).Select(_ => Text(random, 6)).Distinct()];
        var list = Vocabulary.Create("names", [.. names.Select((name, i) => new VocabularyEntry($"{i}", name, [], ""))]);
        for (var i = 0; i < 200; i++)
        {
            var text = Text(random, 6);
            var fewest = names.Min(name => Distance(name, text));

            Assert.Equal(fewest <= 1 ? fewest : -1, list.FindNearest(text) is { } found ? Distance(found, text) : -1);
        }
    }

    private static string Text(Random random, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => "abc山"[random.Next(4)]));

    private static int Distance(string left, string right)
    {
        var distances = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                distances[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(
                        distances[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1),
                        Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1);
            }
        }

        return distances[left.Length, right.Length];
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private sealed class Lists : IVocabularies
    {
        public required Vocabulary Current { get; set; }

        public IReadOnlyCollection<string> Names => [Current.Name];

        public Vocabulary? Find(string name) => name == Current.Name ? Current : null;
    }
}
