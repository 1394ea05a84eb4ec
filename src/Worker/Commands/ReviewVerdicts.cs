using System.CommandLine;
using System.Text.Json;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Worker.Commands.Arguments;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Http.Insights;
using Qwen35Batch.Worker.Run;

namespace Qwen35Batch.Worker.Commands;

/// <summary><c>review accept</c>, <c>correct</c>, <c>reject</c> and <c>add</c>: what a person says of fields.</summary>
internal static class ReviewVerdicts
{
    public static Command Accept()
    {
        var fields = new Argument<string[]>("fields")
        {
            Description = "JSON pointers of what is right, such as /title; without any, every field that nobody has reviewed yet.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("accept", "Says that fields of an insight are right.") { fields };
        return WithReview(command, (result, insight) => result.GetValue(fields) is { Length: > 0 } named
            ? named.Select(pointer => new FieldReview { Pointer = pointer, Verdict = ReviewVerdict.Accepted })
            : Unreviewed(insight).Select(pointer => new FieldReview { Pointer = pointer, Verdict = ReviewVerdict.Accepted }));
    }

    public static Command Reject()
    {
        var fields = new Argument<string[]>("fields")
        {
            Description = "JSON pointers of what is wrong and has no right value.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("reject", "Says that fields of an insight are wrong.") { fields };
        return WithReview(command, (result, _) => result.GetValue(fields)!
            .Select(pointer => new FieldReview { Pointer = pointer, Verdict = ReviewVerdict.Rejected }));
    }

    public static Command Correct()
    {
        var (field, value, isJson) = (Field("The JSON pointer of what is wrong, such as /title."), Value(), IsJson());
        var command = new Command("correct", "Says what a field of an insight should be.") { field, value, isJson };
        return WithReview(command, (result, insight) =>
        {
            var pointer = result.GetValue(field)!;
            var present = FieldPointer.Value(insight.Reviewed ?? insight.Record.Insight, pointer);
            var isText = present.ValueKind == JsonValueKind.String;
            return [Said(pointer, ReviewVerdict.Corrected, result.GetValue(value)!, result.GetValue(isJson), isText)];
        });
    }

    public static Command Add()
    {
        var (field, value, isJson) = (
            Field("The JSON pointer of what is missing; a further item of a list ends in /-, such as /items/-."), Value(), IsJson());
        var command = new Command("add", "Adds what is missing in an insight.") { field, value, isJson };
        return WithReview(command, (result, _) =>
            [Said(result.GetValue(field)!, ReviewVerdict.Missing, result.GetValue(value)!, result.GetValue(isJson), isText: false)]);
    }

    private static Argument<string> Field(string description) => new("field") { Description = description };

    private static Argument<string> Value() =>
        new("value") { Description = "The right value: a text as it is, anything else as JSON, such as 12.5 or '[\"a\", \"b\"]'." };

    private static Option<bool> IsJson() =>
        new("--json") { Description = "The value is JSON, even where a text stands now; a text has its quotes then." };

    private static FieldReview Said(string pointer, ReviewVerdict verdict, string value, bool isJson, bool isText) => new()
    {
        Pointer = pointer,
        Verdict = verdict,
        Value = !isJson && isText ? JsonSerializer.SerializeToElement(value) : Read(value, isJson),
    };

    private static JsonElement Read(string value, bool isJson)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.Clone();
        }
        catch (JsonException problem) when (isJson)
        {
            throw new CommandException($"The value is no JSON: {problem.Message}");
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(value);
        }
    }

    private static IEnumerable<string> Unreviewed(InsightReply insight)
    {
        var said = insight.Reviews.SelectMany(review => review.Fields).Select(field => field.Pointer).ToHashSet(StringComparer.Ordinal);
        return insight.Record.Fields.Select(field => field.Pointer).Where(pointer => !said.Contains(pointer));
    }

    private static Command WithReview(Command command, Func<ParseResult, InsightReply, IEnumerable<FieldReview>> say)
    {
        var number = new Argument<long>("insight") { Description = "The insight's number, as 'review next' shows it." };
        var revision = new Option<int?>("--revision")
        {
            Description = "The number of reviews that the insight had when you saw it; if there are more now, nothing is stored. Without "
                + "it, the newest are what is meant.",
            HelpName = "number",
        };
        var note = new Option<string?>("--note") { Description = "Why, in your words.", HelpName = "text" };
        command.Arguments.Insert(0, number);
        command.Add(revision);
        command.Add(note);
        return ServerArguments.WithWorker(command, async (result, worker, cancellationToken) =>
        {
            var id = result.GetValue(number);
            var insight = await worker.Insights.GetAsync(id, cancellationToken)
                ?? throw new CommandException($"There is no insight {id}.");
            var fields = say(result, insight).Select(field => field with { Note = result.GetValue(note) }).ToList();
            var output = OutputArguments.Plain(result).Out;
            if (fields.Count == 0)
            {
                output.WriteLine($"Every field of insight {id} is reviewed.");
                return ExitCode.Completed;
            }

            var review = await worker.Insights.ReviewAsync(id, result.GetValue(revision) ?? insight.Revision, fields, cancellationToken);
            output.WriteLine($"Insight {id} has {review.Revision} {(review.Revision == 1 ? "review" : "reviews")} now: "
                + $"{(fields.Count == 1 ? fields[0].Pointer : $"{fields.Count} fields")}.");
            return ExitCode.Completed;
        });
    }
}
