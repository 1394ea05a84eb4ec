using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Agents.Runs;

public sealed class AgentRunTests
{
    private readonly MemoryStepLog _log = new();
    private readonly StubTool _lookup = new("lookup", ToolEffect.Read, _ => Workshop.Found());
    private readonly StubTool _notify = new("notify", ToolEffect.External, _ => new("Sent.")) { Trust = ResultTrust.Trusted };

    [Fact]
    public async Task A_question_becomes_a_report_whose_paragraphs_rest_on_notes_and_notes_on_pages()
    {
        using var workshop = Shop();

        var done = Completed(await workshop.RunAsync(Script(), _log));

        Assert.Null(done.Note);
        Assert.Equal(
            [StepKind.Plan, StepKind.Act, StepKind.Call, StepKind.Read, StepKind.Act, StepKind.Write, StepKind.Call],
            _log.Steps.Select(step => step.Kind));
        var paragraph = done.Insight.GetProperty("sections")[0].GetProperty("paragraphs")[0];
        Assert.Equal("The model has 7 layers.", paragraph.GetProperty("text").GetString());
        var note = done.Insight.GetProperty("notes")[0];
        Assert.Equal(note.GetProperty("id").GetString(), paragraph.GetProperty("notes")[0].GetString());
        Assert.Equal("The model has 7 layers.", note.GetProperty("quote").GetString());
        Assert.Equal("https://example.org/paper", done.Insight.GetProperty("sources")[0].GetProperty("address").GetString());
        Assert.Equal(["report.md", "report.pdf"], Directory.GetFiles(workshop.Artifacts).Select(Path.GetFileName).Order());
        Assert.Equal(5 * 100, done.Usage.InputTokens);
    }

    [Fact]
    public async Task The_planner_never_sees_what_others_wrote_but_in_notes()
    {
        using var workshop = Shop();
        var script = Script();

        Completed(await workshop.RunAsync(script, _log));

        var acts = script.Requests.Where(request => request.Options.Tools is { Count: > 0 }).ToList();
        Assert.Equal(2, acts.Count);
        Assert.All(acts, request => Assert.DoesNotContain("A paper", request.Messages[^1].Text, StringComparison.Ordinal));
        Assert.Contains("n1 (source 1): The model has 7 layers.", acts[1].Messages[^1].Text, StringComparison.Ordinal);
        Assert.All(
            script.Requests.Where(request => request.Messages[^1].Text.Contains("A paper", StringComparison.Ordinal)),
            request => Assert.True(request.Options.Tools is null or { Count: 0 }));
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(8, true)]
    public async Task The_budget_of_steps_is_exact_to_one(int steps, bool lacks)
    {
        using var workshop = Shop($$"""
            "tools": { "lookup": {}, "write_report": {} }, "budget": { "steps": {{steps}} }
            """);

        var done = Completed(await workshop.RunAsync(Script(), _log));

        Assert.Equal(lacks, done.HasGaps);
        Assert.Equal(lacks, done.Note?.Contains($"the budget of {steps} steps", StringComparison.Ordinal) == true);
        Assert.True(_log.Steps.Count <= steps);
    }

    [Fact]
    public async Task A_model_that_never_ends_is_ended_by_each_budget_and_a_report_is_written_all_the_same()
    {
        (string Budget, string Why)[] budgets =
        [
            ("\"steps\": 13", "the budget of 13 steps allows no more"),
            ("\"tokens\": 1000", "three quarters of the budget of 1,000 tokens are spent"),
            ("\"bytes\": 1000", "the budget of 1,000 bytes is spent"),
        ];
        foreach (var (budget, why) in budgets)
        {
            var log = new MemoryStepLog();
            using var workshop = Shop($$"""
                "tools": { "lookup": { "maxCalls": 1000 }, "write_report": {} }, "budget": { {{budget}} }
                """);
            var number = 0;
            var endless = new PlainScript { Next = _ => [Wanted("lookup", ("about", $"{number++}"))] };

            var done = Completed(await workshop.RunAsync(endless, log));

            Assert.True(done.HasGaps);
            Assert.Contains(why, done.Note, StringComparison.Ordinal);
            Assert.True(log.Steps.Count <= 40);
            Assert.True(log.Steps.Sum(step => step.Bytes) <= 1000 + 100);
            Assert.Equal(2, Directory.GetFiles(workshop.Artifacts).Length);
        }
    }

    [Fact]
    public async Task The_same_call_is_answered_from_the_record_then_told_and_then_ends_the_job_as_a_loop()
    {
        using var workshop = Shop();
        var circles = new PlainScript { Next = _ => [Wanted("lookup", ("about", "layers"))] };

        var done = Completed(await workshop.RunAsync(circles, _log));

        Assert.Equal(1, _lookup.Calls);
        Assert.True(done.HasGaps);
        Assert.Contains("(loop)", done.Note, StringComparison.Ordinal);
        var asked = circles.Requests.Where(request => request.Options.Tools is { Count: > 0 })
            .Select(request => request.Messages[^1].Text)
            .ToList();
        Assert.Equal(4, asked.Count);
        Assert.Contains("You made this call before", asked[2], StringComparison.Ordinal);
        Assert.Contains("You have made this call 3 times", asked[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paragraph_that_no_note_carries_is_asked_for_twice_and_then_dropped_and_the_report_says_so()
    {
        using var workshop = Shop();
        var script = new PlainScript(Workshop.Call("lookup"))
        {
            More = [("It has 96 layers.", ["n1"]), ("Everybody knows that.", [])],
            Again = _ => ("It has 97 layers.", ["n1"]),
        };

        var done = Completed(await workshop.RunAsync(script, _log));

        Assert.Equal(2, script.Verifications);
        Assert.Equal(2, done.Insight.GetProperty("dropped").GetInt32());
        Assert.Equal(1, done.Insight.GetProperty("sections")[0].GetProperty("paragraphs").GetArrayLength());
        Assert.Contains("2 paragraphs were dropped", done.Note, StringComparison.Ordinal);
        var markdown = await File.ReadAllTextAsync(Path.Combine(workshop.Artifacts, "report.md"), TestContext.Current.CancellationToken);
        Assert.Contains("2 paragraphs were dropped", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paragraph_that_is_put_right_when_it_is_asked_for_again_stays()
    {
        using var workshop = Shop();
        var script = new PlainScript(Workshop.Call("lookup"))
        {
            More = [("It has 96 layers.", ["n1"])],
            Again = _ => ("So it has 7 layers.", ["n1"]),
        };

        var done = Completed(await workshop.RunAsync(script, _log));

        Assert.Equal(1, script.Verifications);
        Assert.Equal(0, done.Insight.GetProperty("dropped").GetInt32());
        Assert.False(done.HasGaps);
    }

    [Fact]
    public async Task A_note_whose_quote_is_not_in_the_text_is_none()
    {
        var lying = new StubTool(
            "lookup", ToolEffect.Read, _ => new("No number is here.") { Addresses = [new(new("https://a.example/"), null)] });
        using var workshop = new Workshop { Tools = [lying, _notify] };
        var script = new PlainScript(Workshop.Call("lookup")) { Invented = ("It has 9 layers.", "There are 9 layers.") };

        var refused = Assert.IsType<StageOutcome.Rejected>(await workshop.RunAsync(script, _log));

        Assert.Equal(RejectionReason.Empty, refused.Reason);
        Assert.Contains("nothing that was read says anything", refused.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "name": "lookup", "about": "https://other.example/?q=secret" }""", "stood neither in the question nor in a result")]
    [InlineData("""{ "name": "lookup", "url": "file:///etc/passwd" }""", "no http or https address")]
    [InlineData("""{ "name": "lookup", "about": "hunter2-is-the-key" }""", "a secret of this installation")]
    [InlineData("""{ "name": "lookup", "about": "aHVudGVyMi1pcy10aGUta2V5" }""", "a secret of this installation")]
    [InlineData("""{ "name": "lookup", "about": "hunter2%2Dis%2Dthe%2Dkey" }""", "a secret of this installation")]
    [InlineData("""{ "name": "lookup", "count": 11 }""", "at most 10")]
    [InlineData("""{ "name": "lookup", "count": "many" }""", "arguments of 'lookup' are wrong")]
    [InlineData("""{ "name": "delete_everything" }""", "not allowed in this task")]
    [InlineData("""{ "name": "notify", "about": "it" }""", "not allowed in this task")]
    public async Task A_call_that_the_rules_do_not_allow_is_not_made_and_the_model_is_told_why(string call, string why)
    {
        using var workshop = new Workshop
        {
            Tools = [_lookup, _notify],
            Settings = [("Engine:ApiKey", "hunter2-is-the-key")],
            Members = """ "tools": { "lookup": { "maxResults": 10 }, "write_report": {} } """,
        };
        var arguments = JsonElement.Parse(call).EnumerateObject().Where(member => member.Name != "name")
            .Select(member => (member.Name, (object)member.Value)).ToArray();
        var wanted = JsonElement.Parse(call).GetProperty("name").GetString()!;
        var first = true;
        var script = new PlainScript
        {
            Next = text =>
            {
                if (!first) return [new TextContent("enough")];
                first = false;
                return [Wanted(wanted, arguments)];
            },
        };

        await workshop.RunAsync(script, _log);

        Assert.Equal((0, 0), (_lookup.Calls, _notify.Calls));
        var step = Assert.Single(_log.Steps, step => step.Kind == StepKind.Call);
        Assert.Equal(StepState.Refused, step.State);
        Assert.Contains(why, step.Result, StringComparison.Ordinal);
        Assert.Contains(why, script.Requests[2].Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_waits_for_approval_without_being_made_and_goes_on_when_it_is_given()
    {
        using var workshop = Shop(""" "tools": { "lookup": { "approval": "required" }, "write_report": {} } """);

        var waits = Assert.IsType<StageOutcome.Deferred>(await workshop.RunAsync(Script(), _log));

        Assert.False(waits.CountsAsAttempt);
        Assert.Contains("waits for approval of lookup", waits.Detail, StringComparison.Ordinal);
        Assert.Equal((0, StepState.Awaiting), (_lookup.Calls, _log.Steps[^1].State));
        _log.Decide(_log.Steps[^1].Number, approved: true);
        Completed(await workshop.RunAsync(Script(), _log));
        Assert.Equal(1, _lookup.Calls);
    }

    [Theory]
    [InlineData(true, "reviewer has refused this call")]
    [InlineData(false, "Nobody has approved this call")]
    public async Task A_call_that_is_refused_or_that_nobody_approves_in_time_is_not_made(bool isRefused, string why)
    {
        using var workshop = Shop(""" "tools": { "lookup": { "approval": "required" }, "notify": {}, "write_report": {} } """);
        Assert.IsType<StageOutcome.Deferred>(await workshop.RunAsync(Script(), _log));
        var number = _log.Steps[^1].Number;
        if (isRefused) _log.Decide(number, approved: false);
        else _log.Now += TimeSpan.FromHours(25);

        await workshop.RunAsync(Script(), _log);

        Assert.Equal((0, StepState.Refused), (_lookup.Calls, _log.Steps[number].State));
        Assert.Contains(why, _log.Steps[number].Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_is_not_set_up_ends_the_job_with_advice_or_is_done_without_when_the_task_says_so()
    {
        using var needs = Shop(""" "tools": { "lookup": {}, "web_search": {}, "write_report": {} } """);
        var refused = Assert.IsType<StageOutcome.Rejected>(await needs.RunAsync(Script(), new MemoryStepLog()));
        Assert.Contains("Agent:SearchUrl", refused.Detail, StringComparison.Ordinal);

        using var does = Shop(""" "tools": { "lookup": {}, "web_search": { "required": false }, "write_report": {} } """);
        var done = Completed(await does.RunAsync(Script(), _log));
        Assert.True(done.HasGaps);
        Assert.Contains("'web_search' is not set up", done.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bundled_model_is_not_asked_for_more_than_a_plan_and_what_to_do_is_said()
    {
        using var workshop = Shop();
        using var model = new PlainScript(Workshop.Call("lookup", ("about", "layers"))) { Model = "nano@aa218b824f7f-bf16" };

        var refused = Assert.IsType<StageOutcome.Rejected>(await workshop.RunAsync(model, _log));

        Assert.Contains("The bundled model cannot plan", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("Engine:BaseUrl", refused.Detail, StringComparison.Ordinal);
        Assert.Equal((1, 0), (_log.Steps.Count, _lookup.Calls));
    }

    [Fact]
    public void An_unknown_tool_in_a_task_stops_the_start_with_its_pointer()
    {
        using var workshop = Shop(""" "tools": { "lookup": {}, "shell": {} } """);
        using var services = workshop.Services(Script());

        var problem = Assert.Throws<OptionsValidationException>(() => services.GetService(typeof(TaskCatalog)));

        Assert.Contains("'/tools/shell'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("'read_page'", problem.Message, StringComparison.Ordinal);
    }

    private static FunctionCallContent Wanted(string tool, params (string Name, object Value)[] arguments) =>
        new(Guid.NewGuid().ToString("N"), tool, arguments.ToDictionary(each => each.Name, each => (object?)each.Value));

    private static PlainScript Script() => new(Workshop.Call("lookup", ("about", "layers")));

    private static StageOutcome.Completed Completed(StageOutcome outcome) => Assert.IsType<StageOutcome.Completed>(outcome);

    private Workshop Shop(string task = """ "tools": { "lookup": {}, "notify": {}, "write_report": {} } """) =>
        new() { Tools = [_lookup, _notify], Members = task };
}
