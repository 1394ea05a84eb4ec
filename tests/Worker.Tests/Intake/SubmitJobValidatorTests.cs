using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Worker.Intake;

namespace Qwen35Batch.Worker.Tests.Intake;

public sealed class SubmitJobValidatorTests
{
    private static readonly SubmitJob Good = new() { JobId = Guid.Parse("0199a1b2-0000-7000-8000-000000000001"), Source = "/media/a.png" };

    public static TheoryData<string, SubmitJob, string> Wrong => new()
    {
        { "no id", Good with { JobId = Guid.Empty }, "jobId: is missing; it takes a UUID other than zero." },
        { "no source", Good with { Source = "" }, "source: is missing." },
        { "null source", Good with { Source = null! }, "source: is missing." },
        { "long source", Good with { Source = "/" + new string('a', 2048) }, "source: has 2,049 characters; at most 2,048 are accepted." },
        { "control characters", Good with { Source = "/media/a\n.png" }, "source: has control characters." },
        {
            "relative",
            Good with { Source = "a.png" },
            "source: 'a.png' is a relative path; it takes an absolute path, a file: URL or an https: URL."
        },
        {
            "http",
            Good with { Source = "http://example.org/a.png" },
            "source: has the scheme 'http:'; it takes an absolute path, a file: URL or an https: URL."
        },
        {
            "ftp",
            Good with { Source = "ftp://example.org/a.png" },
            "source: has the scheme 'ftp:'; it takes an absolute path, a file: URL or an https: URL."
        },
        {
            "secret in URL",
            Good with { Source = "https://me:secret@example.org/a.png" },
            "source: carries a user name or password; it takes a URL without, since the source is stored and shown."
        },
        {
            "outside",
            Good with { Source = "/etc/passwd" },
            "source: '/etc/passwd' lies outside the folders of Acquire:AllowedRoots (symbolic links resolved)."
        },
        {
            "outside by dots",
            Good with { Source = "/media/../etc/passwd" },
            "source: '/media/../etc/passwd' lies outside the folders of Acquire:AllowedRoots (symbolic links resolved)."
        },
        {
            "outside by a similar name",
            Good with { Source = "/media2/a.png" },
            "source: '/media2/a.png' lies outside the folders of Acquire:AllowedRoots (symbolic links resolved)."
        },
        {
            "outside by URL",
            Good with { Source = "file:///etc/passwd" },
            "source: '/etc/passwd' lies outside the folders of Acquire:AllowedRoots (symbolic links resolved)."
        },
        {
            "host in file URL",
            Good with { Source = "file://server/share/a.png" },
            "source: is a file: URL with a host; it takes one of this machine, such as file:///media/a.png."
        },
        {
            "unknown task",
            Good with { Task = "desribe" },
            "task: is 'desribe'; the tasks are audio, describe, document, screen, video, whiteboard, auto."
        },
        { "no task", Good with { Task = "" }, "task: is missing." },
        { "priority", Good with { Priority = 101 }, "priority: is 101; it takes -100 to 100." },
        { "blank key", Good with { DedupeKey = " " }, "dedupeKey: is blank." },
        {
            "long correlation",
            Good with { CorrelationId = new string('c', 201) },
            "correlationId: has 201 characters; at most 200 are accepted."
        },
        {
            "frame rate",
            Good with { Options = new() { FramesPerSecond = 31 } },
            "options: The option 'framesPerSecond' is 31: a number above 0 and at most 30 is needed."
        },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_field_that_is_wrong_is_named_with_what_is_allowed(string name, SubmitJob job, string expected)
    {
        Assert.True(name.Length > 0);
        Assert.Equal(expected, Assert.Single(Validator("/media").FindErrors(job)).ToString());
    }

    [Theory]
    [InlineData("/media/a.png")]
    [InlineData("/media/請求書 (1).pdf")]
    [InlineData("file:///media/a%20b.png")]
    [InlineData("https://example.org/a.png?size=1")]
    public void A_source_below_an_allowed_root_or_on_the_web_is_accepted(string source)
    {
        Assert.Empty(Validator("/media").FindErrors(Good with { Source = source }));
    }

    [Fact]
    public void Missing_options_are_the_tasks_own()
    {
        Assert.Empty(Validator("/media").FindErrors(Good with { Options = null! }));
    }

    [Fact]
    public void Without_allowed_roots_no_local_file_is_read_and_the_reason_says_what_to_do()
    {
        var error = Assert.Single(Validator().FindErrors(Good));

        Assert.Contains("Acquire:AllowedRoots", error.Message, StringComparison.Ordinal);
        Assert.Contains("--allow", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        Assert.Equal(["jobId", "source", "task"], Validator("/media").FindErrors(new() { Task = "" }).Select(error => error.Field));
    }

    [Fact]
    public void Roots_and_sources_are_compared_by_what_their_links_lead_to()
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-roots-").FullName;
        try
        {
            var target = Directory.CreateDirectory(Path.Combine(folder, "target")).FullName;
            var root = Directory.CreateSymbolicLink(Path.Combine(folder, "root"), target).FullName;
            File.WriteAllText(Path.Combine(target, "in.txt"), "inside");
            File.WriteAllText(Path.Combine(folder, "out.txt"), "outside");
            File.CreateSymbolicLink(Path.Combine(target, "link.txt"), Path.Combine(folder, "out.txt"));

            Assert.Empty(Validator(root).FindErrors(Good with { Source = Path.Combine(root, "in.txt") }));
            Assert.Empty(Validator(root).FindErrors(Good with { Source = Path.Combine(target, "in.txt") }));
            Assert.Empty(Validator(target).FindErrors(Good with { Source = Path.Combine(root, "in.txt") }));
            Assert.Single(Validator(root).FindErrors(Good with { Source = Path.Combine(root, "link.txt") }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static SubmitJobValidator Validator(params string[] roots) => new(
        new TaskCatalog(Options.Create(new TasksOptions()), []),
        Options.Create(new AcquireOptions { AllowedRoots = roots }));
}
