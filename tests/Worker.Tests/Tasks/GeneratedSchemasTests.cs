using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tasks.Checks;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Worker.Tests.Tasks;

/// <summary>The schemas that people have: what pydantic, zod and .NET write for usual models, unchanged.</summary>
public sealed class GeneratedSchemasTests : IDisposable
{
    private static readonly string Generated = Path.Combine(AppContext.BaseDirectory, "Data", "generated");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("qwen35batch-test-");

    public static TheoryData<string> Files =>
        [
            .. Directory.EnumerateFiles(Generated, "*.json", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Generated, file).Replace('\\', '/'))
        ];

    public static TheoryData<string> Models => [.. Types.Keys];

    private static Dictionary<string, Type> Types { get; } = new()
    {
        ["invoice"] = typeof(Invoice),
        ["contact"] = typeof(Contact),
        ["pet"] = typeof(Pet),
        ["node"] = typeof(Node),
        ["appointment"] = typeof(Appointment),
        ["settings"] = typeof(Dictionary<string, JsonElement>),
        ["names"] = typeof(string[]),
        ["point"] = typeof(Point),
        ["mixed"] = typeof(Mixed),
        ["measurement"] = typeof(Measurement),
        ["lookup"] = typeof(Lookup),
        ["optional"] = typeof(Optional),
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_schema_of_pydantic_or_zod_is_a_task_s_schema(string file) =>
        Load(JsonNode.Parse(File.ReadAllBytes(Path.Combine(Generated, file)))!);

    [Theory]
    [MemberData(nameof(Models))]
    public void A_schema_of_NET_s_exporter_is_a_task_s_schema(string name)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new JsonStringEnumConverter() },
        };
        Load(options.GetJsonSchemaAsNode(Types[name]));
    }

    [Fact]
    public void All_faults_of_a_file_are_named_at_once()
    {
        const string schema = """
            {"type":"object","properties":{"a":{"type":"text"},"b":{"pattern":"("},"c":{"$ref":"#/$defs/c"}}}
            """;

        var faults = TaskFileCheck.Find(
            "a.json",
            Encoding.UTF8.GetBytes($$"""{"name":"a","description":"d","kinds":["image"],"prompt":"p","schema":{{schema}}}"""),
            [WhyNot]);

        Assert.Equal(
            ["#/schema/properties/a/type", "#/schema/properties/b/pattern", "#/schema/properties/c/$ref"],
            faults.Select(fault => fault.Split(": ")[0]));
        Assert.Equal(3, TaskFileCheck.Find("a.json", Encoding.UTF8.GetBytes(schema), [WhyNot]).Count);
    }

    private void Load(JsonNode schema)
    {
        var task = new JsonObject
        {
            ["name"] = "generated",
            ["description"] = "d",
            ["kinds"] = new JsonArray("image"),
            ["prompt"] = "p",
            ["schema"] = schema.DeepClone()
        };
        File.WriteAllText(Path.Combine(_folder.FullName, "generated.json"), task.ToJsonString());
        Assert.Empty(TaskFileCheck.Find("generated.json", File.ReadAllBytes(Path.Combine(_folder.FullName, "generated.json")), [WhyNot]));

        var catalog = new TaskCatalog(Options.Create(new TasksOptions { Folder = _folder.FullName }), [WhyNot]);

        Assert.True(catalog.Knows("generated"));
    }

    private static string? WhyNot(JsonElement schema)
    {
        try
        {
            JsonSchemaGrammar.Compile(schema);
            return null;
        }
        catch (UnsupportedSchemaException refused)
        {
            return refused.Message;
        }
    }

    private enum Currency
    {
        EUR,
        USD,
        JPY,
    }

    [JsonDerivedType(typeof(Cat), "cat")]
    [JsonDerivedType(typeof(Dog), "dog")]
    private abstract record Pet(string Name);

    private sealed record Cat(string Name, int Lives) : Pet(Name);

    private sealed record Dog(string Name, string Breed) : Pet(Name);

    private sealed record Line(string Description, int Quantity, decimal UnitPrice);

    private sealed record Invoice(
        [property: Description("Such as INV-0001")] string Number, DateOnly Issued, DateOnly? Due, IReadOnlyList<Line> Lines,
        decimal Total, Currency Currency = Currency.EUR);

    private sealed record Contact(string Name, Dictionary<string, string> Phones, Uri? Url, Guid Id, char Initial);

    private sealed record Node(string Name, List<Node> Children, Node? Parent);

    private sealed record Appointment(DateTimeOffset At, TimeOnly Time, TimeSpan Lasts);

    private sealed record Point(int X, long Y, double Z, byte Level, ulong Big);

    private sealed record Mixed(object? Anything, JsonElement Value, JsonObject? Node, int? Number);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    private sealed record Measurement(float Value, bool Valid, Half Small, byte[] Raw);

    private sealed record Lookup(Dictionary<string, List<Line>> ByName, HashSet<Currency> Seen);

    private sealed record Optional(string? A = null, int B = 3, bool? C = null);
}
