using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Nodes;
using CliWrap;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tests.Infer;

namespace Qwen35Batch.Pipeline.Tests;

public sealed class AnalysisPipelineTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline-").FullName;
    private readonly ScriptedChatClient _model = new();
    private readonly ServiceProvider _services;

    public AnalysisPipelineTests() => _services = Services();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AnalysisPipeline Pipeline => _services.GetRequiredService<AnalysisPipeline>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_picture_becomes_an_insight_that_cites_it()
    {
        var plan = await PlanAsync(await FfmpegAsync("a.png", "-f lavfi -i testsrc=size=64x48 -frames:v 1"), "auto");

        var done = Completed(await AnalyseAsync(plan, Assert.Single(plan.Segments)));

        Assert.Equal("describe", plan.Task.Name);
        Assert.Null(plan.Synthesis);
        AssertValid(plan, done.Insight);
        var citation = Assert.Single(done.Citations);
        Assert.Matches("^[0-9a-f]{64}$", citation.PictureSha256);
        Assert.Equal(
            ("scripted@1", 1, 100, 40, 10),
            (done.Model, done.Usage.Pictures, done.Usage.InputTokens, done.Usage.CachedInputTokens, done.Usage.OutputTokens));
        Assert.Null(done.Note);
    }

    [Fact]
    public async Task A_file_that_would_become_too_many_segments_is_refused_with_their_number()
    {
        await using var services = Services(("Extract:MaxSegments", "3"));
        var source = Path.Combine(_folder, "long.txt");
        await File.WriteAllTextAsync(source, string.Concat(Enumerable.Repeat("words and words. ", 4_000)), Cancel);

        var refused = Assert.IsType<StageOutcome.Rejected>(
            await services.GetRequiredService<AnalysisPipeline>().PlanAsync(new(Guid.NewGuid(), source, "document", new()), Cancel));

        Assert.Equal(RejectionReason.TooLarge, refused.Reason);
        Assert.Contains("8 segments", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("Extract:MaxSegments", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_video_with_sound_becomes_clips_with_frames_measures_and_a_synthesis()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "tasks")).FullName;
        var video = await new StreamReader(typeof(AnalysisPipeline).Assembly.GetManifestResourceStream("BuiltIn/video.json")!)
            .ReadToEndAsync(Cancel);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "video.json"),
            video.Replace("\"clipSeconds\": 30", "\"clipSeconds\": 3", StringComparison.Ordinal),
            Cancel);
        await using var services = Services(("Tasks:Folder", folder));
        var pipeline = services.GetRequiredService<AnalysisPipeline>();
        var source = await FfmpegAsync("v.mp4", "-f lavfi -i testsrc=size=96x64:rate=10:duration=6 -f lavfi -i sine=duration=6 -shortest");

        var plan = Assert.IsType<StageOutcome.Planned>(await pipeline.PlanAsync(new(Guid.NewGuid(), source, "auto", new()), Cancel));
        var insights = new List<SegmentInsight>();
        foreach (var segment in plan.Segments)
        {
            var done = Completed(await pipeline.AnalyseAsync(Job(plan, segment), Cancel));
            Assert.Contains("There is no transcript", done.Note, StringComparison.Ordinal);
            Assert.Equal(done.Usage.Pictures, done.Citations.Count(citation => citation is { Field: "", PictureSha256: not null }));
            Assert.All(
                done.Citations,
                citation =>
                    Assert.True(
                        citation.FrameSeconds is null
                            || (citation.FrameSeconds >= segment.StartSeconds && citation.FrameSeconds <= segment.EndSeconds)));
            Assert.Contains(done.Citations, citation => citation is { Field: "/chapters/0", FrameSeconds: not null });
            insights.Add(new(segment, done.Insight, done.Citations));
        }

        Assert.Equal(2, insights.Count);
        Assert.Equal("video", plan.Task.Name);
        Assert.Equal(2, plan.Synthesis!.Number);
        var whole = Completed(await pipeline.AnalyseAsync(Job(plan, plan.Synthesis) with { Insights = insights }, Cancel));
        Assert.Equal([0, 1], whole.Citations.Where(citation => citation.Field.Length == 0).Select(citation => citation.Segment));
        Assert.Equal(0, whole.Usage.Pictures);
        Assert.Contains("loudness", _model.Requests[0].Messages[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pdf_becomes_pages_and_a_synthesis_that_cites_them()
    {
        var plan = await PlanAsync(WritePdf("Invoice 1001", "Total 42 EUR"), "auto");

        var first = Completed(await AnalyseAsync(plan, plan.Segments[0]));
        var second = Completed(await AnalyseAsync(plan, plan.Segments[1]));
        var whole = Completed(await Pipeline.AnalyseAsync(
            Job(plan, plan.Synthesis!) with
            {
                Insights = [new(plan.Segments[0], first.Insight, first.Citations), new(plan.Segments[1], second.Insight, second.Citations)]
            }, Cancel));

        Assert.Equal("document", plan.Task.Name);
        Assert.Contains("Total 42 EUR", _model.Requests[1].Messages[1].Text, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(second.Citations).Page);
        Assert.Equal([1, 2], whole.Citations.Where(citation => citation.Field.Length == 0).Select(citation => citation.Page));
        Assert.NotEqual(first.Citations[0].PictureSha256, second.Citations[0].PictureSha256);
    }

    [Fact]
    public async Task A_field_of_a_page_has_its_box_and_an_invented_one_is_marked()
    {
        var plan = await PlanAsync(WritePdf("By Anna Adler"), "document");
        _model.Answer = (_, options, _) =>
        {
            var answer = JsonNode.Parse(ScriptedChatClient.Valid(options, items: 0))!;
            answer["title"] = "Anna Adler";
            answer["parties"] = new JsonArray(new JsonObject { ["name"] = "Bruno Brandt", ["role"] = "seller" });
            return Task.FromResult(ScriptedChatClient.Say(answer.ToJsonString()));
        };

        var done = Completed(await AnalyseAsync(plan, plan.Segments[0]));

        var title = done.Fields.Single(field => field.Pointer == "/title");
        var place = done.Citations[Assert.Single(title.Citations)];
        Assert.Equal(("/title", CitationMethod.TextLayer, "Anna Adler", 1), (place.Field, place.Method!.Value, place.Matched, place.Page));
        Assert.Equal(done.Citations[0].PictureSha256, place.PictureSha256);
        Assert.InRange(place.Box!.Width, 0.2, 0.5);
        Assert.Equal(
            [true, false, null, null],
            new[] { "/title", "/parties/0/name", "/parties/0/role", "/type" }
                .Select(pointer => done.Fields.Single(field => field.Pointer == pointer).Grounded));
    }

    [Fact]
    public async Task A_doubtful_page_is_read_again_by_its_picture_alone_and_what_agrees_is_said()
    {
        var plan = await PlanAsync(WritePdf("By Anna Adler"), "document");
        _model.Answer = (number, options, _) =>
        {
            var answer = JsonNode.Parse(ScriptedChatClient.Valid(options, items: 0))!;
            answer["title"] = number == 0 ? "Anna Adler" : "ＡＮＮＡ Adler";
            answer["summary"] = number == 0 ? "A letter." : "A note.";
            return Task.FromResult(ScriptedChatClient.Say(answer.ToJsonString()));
        };

        var done = Completed(await Pipeline.AnalyseAsync(Job(plan, plan.Segments[0]), Cancel, (_, _) => Task.FromResult(true)));

        Assert.Equal("A letter.", done.Insight.GetProperty("summary").GetString());
        Assert.Equal([true, false], new[] { "/title", "/summary" }
            .Select(pointer => done.Fields.Single(field => field.Pointer == pointer).Signals!.Agreement));
        Assert.Equal([true, false], _model.Requests.Select(asked => asked.Messages[1].Text.Contains("Adler", StringComparison.Ordinal)));
        Assert.All(_model.Requests, asked => Assert.Single(asked.Messages[1].Contents.OfType<DataContent>()));
        Assert.Equal((200, 2), (done.Usage.InputTokens, done.Usage.Pictures));
    }

    [Fact]
    public async Task A_page_that_is_not_doubtful_a_picture_and_a_failing_second_reading_are_read_once()
    {
        var page = await PlanAsync(WritePdf("By Anna Adler"), "document");
        var picture = await PictureAsync();

        var sure = Completed(await Pipeline.AnalyseAsync(Job(page, page.Segments[0]), Cancel, (_, _) => Task.FromResult(false)));
        var other = Completed(await Pipeline.AnalyseAsync(Job(picture, picture.Segments[0]), Cancel, (_, _) => Task.FromResult(true)));
        Assert.Equal(2, _model.Requests.Count);
        _model.Answer = (number, options, _) => number == 2
            ? Task.FromResult(ScriptedChatClient.Say(ScriptedChatClient.Valid(options)))
            : throw new HttpRequestException("Connection refused");
        var failed = Completed(await Pipeline.AnalyseAsync(Job(page, page.Segments[0]), Cancel, (_, _) => Task.FromResult(true)));

        Assert.Equal(4, _model.Requests.Count);
        Assert.All([sure, other, failed], done => Assert.All(done.Fields, field => Assert.Null(field.Signals?.Agreement)));
    }

    [Theory]
    [InlineData("Off", false)]
    [InlineData("Signals", true)]
    public async Task The_engine_is_asked_how_sure_it_was_unless_that_is_switched_off(string mode, bool asks)
    {
        await using var services = Services(("Confidence:Mode", mode));
        var plan = await PictureAsync();

        Completed(await services.GetRequiredService<AnalysisPipeline>().AnalyseAsync(Job(plan, plan.Segments[0]), Cancel));

        Assert.Equal(asks, Assert.Single(_model.Requests).Options.AdditionalProperties!.ContainsKey(TokenChoice.Property));
    }

    [Fact]
    public async Task A_text_becomes_an_insight_of_its_parts()
    {
        var file = Path.Combine(_folder, "meeting.md");
        await File.WriteAllTextAsync(file, "# Notes\n\nThe pump was replaced on 2024-05-01.\n", Cancel);
        var plan = await PlanAsync(file, "describe");

        var done = Completed(await AnalyseAsync(plan, Assert.Single(plan.Segments)));

        Assert.Equal(new() { Segment = 0 }, Assert.Single(done.Citations));
        Assert.Contains("The pump was replaced", _model.Requests[0].Messages[1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.png", "auto", null, RejectionReason.SourceNotFound, "missing.png")]
    [InlineData("text.txt", "nonsense", null, RejectionReason.UnknownTask, "There is no task 'nonsense'.")]
    [InlineData("text.txt", "video", null, RejectionReason.UnknownTask, "The task 'video' does not read text media.")]
    [InlineData("text.txt", "auto", "not a tag", RejectionReason.InvalidOptions, "The option 'language' is 'not a tag'")]
    [InlineData("empty.txt", "auto", null, RejectionReason.Empty, "empty.txt")]
    public async Task What_can_never_be_read_is_rejected_and_nothing_is_thrown(
        string name, string task, string? language, RejectionReason reason, string detail)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "text.txt"), "Some words to read.", Cancel);
        await File.WriteAllTextAsync(Path.Combine(_folder, "empty.txt"), "", Cancel);

        var outcome = await Pipeline.PlanAsync(
            new(Guid.NewGuid(), Path.Combine(_folder, name), task, new() { Language = language }), Cancel);

        var rejected = Assert.IsType<StageOutcome.Rejected>(outcome);
        Assert.Equal(reason, rejected.Reason);
        Assert.Contains(detail, rejected.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_the_schema_is_asked_for_once_more_with_the_error()
    {
        var plan = await PictureAsync();
        _model.Answer = (number, options, _) =>
            Task.FromResult(ScriptedChatClient.Say(number == 0 ? """{"summary":7}""" : ScriptedChatClient.Valid(options)));

        var done = Completed(await AnalyseAsync(plan, plan.Segments[0]));

        AssertValid(plan, done.Insight);
        Assert.Equal(200, done.Usage.InputTokens);
        var second = _model.Requests[1].Messages;
        Assert.Equal(["system", "user", "assistant", "user"], second.Select(message => message.Role.Value));
        Assert.Contains("at '/summary', a string is needed, not the number 7.", second[3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_wrong_twice_is_rejected_and_kept()
    {
        var plan = await PictureAsync();
        _model.Answer = (number, _, _) => Task.FromResult(ScriptedChatClient.Say($"no JSON {number}"));

        var rejected = Assert.IsType<StageOutcome.Rejected>(await AnalyseAsync(plan, plan.Segments[0]));

        Assert.Equal((RejectionReason.InvalidAnswer, "no JSON 1"), (rejected.Reason, rejected.RawAnswer));
        Assert.StartsWith(
            "Segment 0 (picture 1): The model's answer is not a valid insight of the task 'describe'",
            rejected.Detail,
            StringComparison.Ordinal);
        Assert.Equal(2, _model.Requests.Count);
    }

    [Fact]
    public async Task An_engine_that_is_away_defers_without_counting()
    {
        var plan = await PictureAsync();
        _model.Answer = (_, _, _) => throw new HttpRequestException("Connection refused");

        var deferred = Assert.IsType<StageOutcome.Deferred>(await AnalyseAsync(plan, plan.Segments[0]));

        Assert.False(deferred.CountsAsAttempt);
    }

    [Theory]
    [InlineData(ModelFaultKind.PromptTooLong, RejectionReason.PromptTooLong, "Make the task's media settings smaller")]
    [InlineData(ModelFaultKind.AnswerLength, RejectionReason.InvalidOptions, "It is the job's option maxOutputTokens")]
    [InlineData(ModelFaultKind.Refused, RejectionReason.ModelRefused, "")]
    public async Task What_the_hosts_engine_throws_means_what_the_host_says(ModelFaultKind kind, RejectionReason reason, string advice)
    {
        await using var services = Services(
            (ModelFaultReader)(engine => engine is ArithmeticException ? new(kind, "9000 tokens of 4096.") : null));
        var plan = await PictureAsync();
        _model.Answer = (_, _, _) => throw new ArithmeticException();

        var rejected = Assert.IsType<StageOutcome.Rejected>(
            await services.GetRequiredService<AnalysisPipeline>().AnalyseAsync(Job(plan, plan.Segments[0]), Cancel));

        Assert.Equal(reason, rejected.Reason);
        Assert.Contains("9000 tokens of 4096.", rejected.Detail, StringComparison.Ordinal);
        Assert.Contains(advice, rejected.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_puts_a_plan_off_and_is_not_the_jobs_fault()
    {
        var file = await FfmpegAsync("a.png", "-f lavfi -i testsrc=size=64x48 -frames:v 1");
        await File.WriteAllTextAsync(Path.Combine(_folder, "data"), "not a folder", Cancel);

        var deferred = Assert.IsType<StageOutcome.Deferred>(await Pipeline.PlanAsync(new(Guid.NewGuid(), file, "describe", new()), Cancel));

        Assert.False(deferred.CountsAsAttempt);
        Assert.Contains($"The data folder '{Path.Combine(_folder, "data")}' cannot be written", deferred.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nobody_expected_counts_as_an_attempt_and_names_its_type()
    {
        var plan = await PictureAsync();
        _model.Answer = (_, _, _) => throw new ArithmeticException("a bug");

        var deferred = Assert.IsType<StageOutcome.Deferred>(await AnalyseAsync(plan, plan.Segments[0]));

        Assert.True(deferred.CountsAsAttempt);
        Assert.Contains("Unexpected ArithmeticException: a bug", deferred.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_reaches_the_model_and_is_thrown()
    {
        var plan = await PictureAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        _model.Answer = async (_, _, token) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedChatClient.Say("{}");
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pipeline.AnalyseAsync(Job(plan, plan.Segments[0]), stop.Token));
    }

    [Fact]
    public async Task The_sound_is_transcribed_when_an_endpoint_is_configured_and_cited()
    {
        await using var server = StubEndpoint.Start();
        server.Handle = (_, response) =>
            response.SendAsync(
                200, """{ "language": "en", "text": "Hello.", "segments": [{ "start": 0.5, "end": 1.5, "text": "Hello." }] }""");
        await using var services = Services(("Transcription:BaseUrl", server.BaseUrl.AbsoluteUri));
        var pipeline = services.GetRequiredService<AnalysisPipeline>();
        var source = await FfmpegAsync("a.wav", "-f lavfi -i sine=duration=2");

        var plan = Assert.IsType<StageOutcome.Planned>(await pipeline.PlanAsync(new(Guid.NewGuid(), source, "auto", new()), Cancel));
        var done = Completed(await pipeline.AnalyseAsync(Job(plan, plan.Segments[0]), Cancel));

        Assert.Equal("audio", plan.Task.Name);
        Assert.Equal("""[{"start":0.5,"end":1.5,"text":"Hello."}]""", done.Insight.GetProperty("transcript").GetRawText());
        Assert.Contains(done.Citations, citation => citation is { Field: "/transcript/0", StartSeconds: 0.5, EndSeconds: 1.5 });
        Assert.Null(done.Note);
    }

    [Fact]
    public async Task A_bad_task_file_stops_the_start_with_its_name()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "tasks")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "bad.json"), """{ "name": "bad" }""", Cancel);
        await using var services = Services(("Tasks:Folder", folder));

        var stopped = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(
            $"The task file '{Path.Combine(folder, "bad.json")}' cannot be used: at '/', the member 'description' is missing.",
            stopped.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_stage_is_measured_with_how_it_ended()
    {
        var seen = new List<string>();
        using var listener = new MeterListener();
        var meters = _services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == PipelineTelemetry.StageDuration && ReferenceEquals(instrument.Meter.Scope, meters))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>(
            (_, _, tags, _) => seen.Add(string.Join(' ', tags.ToArray().Select(tag => tag.Value))));
        listener.Start();

        var plan = await PictureAsync();
        await AnalyseAsync(plan, plan.Segments[0]);
        _model.Answer = (_, _, _) => throw new HttpRequestException("away");
        await AnalyseAsync(plan, plan.Segments[0]);

        Assert.Equal(
            [
                "Acquire completed", "Extract completed",
                "Extract completed", "Prepare completed", "Infer completed", "Validate completed",
                "Extract completed", "Prepare completed", "Infer deferred",
            ],
            seen);
    }

    private static SegmentJob Job(StageOutcome.Planned plan, SegmentReference segment) => new()
    {
        JobId = Guid.NewGuid(),
        Source = "test",
        Media = plan.Media,
        Task = plan.Task,
        Options = new(),
        Segment = segment,
    };

    private static StageOutcome.Completed Completed(StageOutcome outcome) => Assert.IsType<StageOutcome.Completed>(outcome);

    private void AssertValid(StageOutcome.Planned plan, JsonElement insight) =>
        Assert.Empty(_services.GetRequiredService<TaskCatalog>().Get(plan.Task).Segment.Checks.Validate(insight));

    private Task<StageOutcome> AnalyseAsync(StageOutcome.Planned plan, SegmentReference segment) =>
        Pipeline.AnalyseAsync(Job(plan, segment), Cancel);

    private async Task<StageOutcome.Planned> PictureAsync() =>
        await PlanAsync(await FfmpegAsync("a.png", "-f lavfi -i testsrc=size=64x48 -frames:v 1"), "auto");

    private async Task<StageOutcome.Planned> PlanAsync(string source, string task) =>
        Assert.IsType<StageOutcome.Planned>(await Pipeline.PlanAsync(new(Guid.NewGuid(), source, task, new()), Cancel));

    private async Task<string> FfmpegAsync(string name, string arguments)
    {
        var file = Path.Combine(_folder, name);
        await Cli.Wrap("ffmpeg").WithArguments($"-v error -y {arguments} {file}").ExecuteAsync(Cancel);
        return file;
    }

    /// <summary>A PDF with a line of text on each page; poppler rebuilds the table of offsets that it lacks.</summary>
    private string WritePdf(params string[] pages)
    {
        var objects = new List<string>
        {
            "<< /Type /Catalog /Pages 2 0 R >>",
            $"<< /Type /Pages /Count {pages.Length} /Kids [{string.Join(' ', pages.Select((_, page) => $"{4 + (page * 2)} 0 R"))}] >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        };
        for (var page = 0; page < pages.Length; page++)
        {
            var content = $"BT /F1 24 Tf 20 100 Td ({pages[page]}) Tj ET";
            objects.Add(
                $"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + (page * 2)} 0 "
                    + $"R >>");
            objects.Add($"<< /Length {content.Length} >>\nstream\n{content}\nendstream");
        }

        var body = string.Concat(objects.Select((value, index) => $"{index + 1} 0 obj\n{value}\nendobj\n"));
        var file = Path.Combine(_folder, "a.pdf");
        File.WriteAllText(file, $"%PDF-1.4\n{body}trailer\n<< /Root 1 0 R /Size {objects.Count + 1} >>\nstartxref\n0\n%%EOF\n");
        return file;
    }

    private ServiceProvider Services(params (string Key, string Value)[] settings) => Services(null, settings);

    private ServiceProvider Services(ModelFaultReader? engine, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings.Append(("Acquire:DataFolder", Path.Combine(_folder, "data")))
                    .ToDictionary(setting => setting.Item1, setting => (string?)setting.Item2))
            .Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddSingleton<IMeterFactory, TestMeterFactory>()
            .AddSingleton<IChatClient>(_model)
            .AddPipeline(configuration);
        if (engine is not null) services.AddSingleton(engine);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
