using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Tasks;

public sealed class TaskCatalogTests : IDisposable
{
    private const string Minimal = """
        {
          "name": "colours", "description": "The colours of a picture.", "kinds": ["image"], "prompt": "Name the colours.",
          "schema": {
            "type": "object",
            "properties": { "colours": { "type": "array", "maxItems": 4, "items": { "type": "string", "maxLength": 20 } } },
            "required": ["colours"], "additionalProperties": false
          }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tasks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_built_in_tasks_are_there()
    {
        var tasks = Catalogs.BuiltIn().List();

        Assert.Equal(["audio", "describe", "document", "screen", "video", "whiteboard"], tasks.Select(task => task.Task.Name));
        Assert.All(tasks, task => Assert.Matches("^[0-9a-f]{12}$", task.Task.Version));
        Assert.All(tasks, task => Assert.True(task.BuiltIn));
        Assert.Equal(6, tasks.Select(task => task.Task.Version).Distinct().Count());
    }

    [Theory]
    [InlineData(MediaKind.Image, "describe")]
    [InlineData(MediaKind.Video, "video")]
    [InlineData(MediaKind.Audio, "audio")]
    [InlineData(MediaKind.Pdf, "document")]
    [InlineData(MediaKind.Office, "document")]
    [InlineData(MediaKind.Text, "document")]
    public void Auto_chooses_by_the_kind_of_media(MediaKind kind, string expected) =>
        Assert.Equal(expected, Catalogs.BuiltIn().Resolve("auto", kind).Name);

    [Fact]
    public void An_unknown_name_is_refused_with_the_names_that_there_are()
    {
        var refused = Assert.Throws<UnknownTaskException>(() => Catalogs.BuiltIn().Resolve("desribe"));

        Assert.Contains("'desribe'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'describe'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_does_not_read_the_kind_is_refused_with_those_that_do()
    {
        var refused = Assert.Throws<UnknownTaskException>(() => Catalogs.BuiltIn().Resolve("whiteboard", MediaKind.Audio));

        Assert.Equal("The task 'whiteboard' does not read audio media. Tasks that do: 'audio'.", refused.Message);
    }

    [Fact]
    public void A_file_in_the_folder_adds_a_task()
    {
        Write("colours.json", Minimal);

        var task = Assert.Single(Catalogs.WithFolder(_folder).List(), task => !task.BuiltIn);

        Assert.Equal("colours", task.Task.Name);
        Assert.Equal([MediaKind.Image], task.Kinds);
    }

    [Fact]
    public void A_file_in_the_folder_takes_the_place_of_the_built_in_task_of_its_name()
    {
        Write("mine.json", Minimal.Replace("\"colours\", \"description", "\"describe\", \"description", StringComparison.Ordinal));
        var catalog = Catalogs.WithFolder(_folder);

        Assert.Equal(6, catalog.List().Count);
        Assert.Equal("Name the colours.", catalog.Get(catalog.Resolve("auto", MediaKind.Image)).Segment.Prompt);
    }

    [Fact]
    public void Two_files_with_the_same_name_are_refused()
    {
        Write("a.json", Minimal);
        Write("b.json", Minimal);

        var refused = Assert.Throws<InvalidTaskException>(() => Catalogs.WithFolder(_folder));

        Assert.Contains("a.json", refused.Message, StringComparison.Ordinal);
        Assert.Contains("b.json", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named_with_its_key()
    {
        var refused = Assert.Throws<InvalidTaskException>(() => Catalogs.WithFolder(Path.Combine(_folder, "none")));

        Assert.StartsWith("Tasks:Folder names the folder", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"prompt\": \"Name", "\"promt\": \"Name", "'/promt'", "the member 'promt' is unknown; allowed are 'name', 'description'")]
    [InlineData(
        "\"kinds\": [\"image\"]",
        "\"kinds\": [\"picture\"]",
        "'/kinds/0'",
        "allowed are 'image', 'video', 'audio', 'pdf', 'office', 'text'")]
    [InlineData("\"kinds\": [\"image\"]", "\"kinds\": []", "'/kinds'", "at least one item")]
    [InlineData("\"maxLength\": 20", "\"pattern\": \"(a)\\\\1\"", "#/properties/colours/items/pattern", "write the alternatives out")]
    [InlineData("\"additionalProperties\": false", "\"$dynamicRef\": \"#a\"", "#/$dynamicRef", "points to nothing")]
    [InlineData("\"prompt\": \"Name the colours.\"", "\"prompt\": 7", "'/prompt'", "a text, or an array of its lines, is needed")]
    [InlineData(
        "\"prompt\": \"Name the colours.\"",
        "\"prompt\": \"x\", \"sampling\": { \"temperature\": 3 }",
        "'/sampling/temperature'",
        "a number from 0 to 2 is needed")]
    [InlineData(
        "\"prompt\": \"Name the colours.\"",
        "\"prompt\": \"x\", \"sampling\": { \"maxOutputTokens\": 1.5 }",
        "'/sampling/maxOutputTokens'",
        "a whole number from 16 to 65536")]
    [InlineData("\"prompt\": \"Name the colours.\"", "\"prompt\": \"x\", \"media\": { \"fps\": 1 }", "'/media/fps'", "'framesPerSecond'")]
    [InlineData(
        "\"prompt\": \"Name the colours.\"",
        "\"prompt\": \"x\", \"citations\": [{ \"field\": \"/colours/*\", \"time\": \"at\" }]",
        "'/citations/0'",
        "'/colours/*' is no object of the schema")]
    [InlineData(
        "\"prompt\": \"Name the colours.\"",
        "\"prompt\": \"x\", \"transcript\": \"/colours\"",
        "'/transcript'",
        "'start', 'end' and 'text'")]
    [InlineData("\"name\": \"colours\"", "\"name\": \"auto\"", "'/name'", "other than 'auto'")]
    [InlineData("\"name\": \"colours\"", "\"name\": \"colours\", \"name\": \"b\"", "'/name'", "is given twice")]
    public void A_bad_file_is_refused_with_its_name_the_pointer_and_what_is_allowed(
        string right, string wrong, string where, string allowed)
    {
        var file = Write("colours.json", Minimal.Replace(right, wrong, StringComparison.Ordinal));

        var refused = Assert.Throws<InvalidTaskException>(() => Catalogs.WithFolder(_folder));

        Assert.Contains($"'{file}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(where, refused.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_engine_cannot_keep_to_is_refused_with_its_own_words()
    {
        Write("colours.json", Minimal);

        var refused = Assert.Throws<InvalidTaskException>(() => Catalogs.WithFolder(
            _folder,
            schema => schema.GetRawText().Contains("colours", StringComparison.Ordinal) ? "#/properties/colours: too colourful." : null));

        Assert.Contains("#/properties/colours: too colourful.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_of_what_can_change_an_answer_and_not_of_the_layout()
    {
        var version = Catalogs.Read(Minimal).Reference.Version;

        Assert.Equal(version, Catalogs.Read("// A comment\n" + Minimal.Replace("  ", "\t ", StringComparison.Ordinal)).Reference.Version);
        Assert.Equal(
            version, Catalogs.Read(Minimal.Replace("The colours of", "All colours of", StringComparison.Ordinal)).Reference.Version);
        Assert.NotEqual(version, Catalogs.Read(Minimal.Replace("Name the", "List the", StringComparison.Ordinal)).Reference.Version);
        Assert.NotEqual(
            version, Catalogs.Read(Minimal.Replace("\"maxLength\": 20", "\"maxLength\": 21", StringComparison.Ordinal)).Reference.Version);
        Assert.NotEqual(
            version,
            Catalogs.Read(
                Minimal.Replace("\"prompt\"", "\"media\": { \"maxPages\": 7 }, \"prompt\"", StringComparison.Ordinal)).Reference.Version);
        Assert.NotEqual(
            version,
            Catalogs.Read(
                Minimal.Replace(
                    "\"prompt\"", "\"sampling\": { \"temperature\": 0.5 }, \"prompt\"", StringComparison.Ordinal)).Reference.Version);
    }

    [Fact]
    public void A_job_that_was_planned_with_another_version_is_not_answered_with_this_one()
    {
        var refused = Assert.Throws<UnknownTaskException>(() => Catalogs.BuiltIn().Get(new TaskReference("describe", "000000000000")));

        Assert.Contains("Retry the job", refused.Message, StringComparison.Ordinal);
    }

    private string Write(string name, string content)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, content);
        return file;
    }
}
